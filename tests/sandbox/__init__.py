"""Exact Online and QicsMilestones as strict local servers: what passes here has met the rules."""
