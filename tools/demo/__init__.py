"""The demonstration: customers in, invoices out."""
