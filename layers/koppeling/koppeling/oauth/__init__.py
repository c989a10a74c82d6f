"""The token endpoints of both providers."""
