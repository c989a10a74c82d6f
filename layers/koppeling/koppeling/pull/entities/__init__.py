"""The link fields, one module per entity: which field of Exact feeds which of QicsMilestones."""
