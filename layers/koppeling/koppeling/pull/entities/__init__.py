"""The entities, one module each: what is read in Exact and what it becomes in QicsMilestones."""
