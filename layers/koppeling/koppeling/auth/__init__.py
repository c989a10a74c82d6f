"""Logins at both systems and the token chains that they start."""
