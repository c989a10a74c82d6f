"""The QicsMilestones sandbox against its contract, rule by rule (RULES.md beside the sandbox)."""
