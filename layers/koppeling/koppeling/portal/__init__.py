"""The pages of a connection, for its bookkeeper: what runs, what waits, and what to decide."""
