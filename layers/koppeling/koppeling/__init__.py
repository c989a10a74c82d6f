"""The link between Exact Online and QicsMilestones."""
