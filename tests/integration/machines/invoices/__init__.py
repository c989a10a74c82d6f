"""Invoices on their way to Exact in any order, at the same time, and with anything lost."""
