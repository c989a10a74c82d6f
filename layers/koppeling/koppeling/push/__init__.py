"""Invoices go out: from the inbox to Exact Online."""
