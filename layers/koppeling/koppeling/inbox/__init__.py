"""The bucket in which QicsMilestones puts processed invoices."""
