"""One test per rule of the Exact Online sandbox; RULES.md beside the sandbox lists them."""
