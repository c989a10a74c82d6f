"""Generators of documents; a test holds what they write against the code."""
