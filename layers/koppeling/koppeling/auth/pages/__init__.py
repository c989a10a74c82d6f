"""The login pages that a customer sees in the browser."""
