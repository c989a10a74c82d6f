"""The readiness check: what stands in the way of a connection, before anything is written."""
