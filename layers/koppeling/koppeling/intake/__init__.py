"""Invoices that are handed in over HTTPS: checked at once, then put into the inbox."""
