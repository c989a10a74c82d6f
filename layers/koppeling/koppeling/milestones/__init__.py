"""The client of QicsMilestones."""
