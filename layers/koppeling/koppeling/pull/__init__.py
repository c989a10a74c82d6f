"""Records come in: from Exact Online to QicsMilestones."""
