"""Unit tests of the client of QicsMilestones."""
