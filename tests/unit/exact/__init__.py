"""Unit tests of the client of Exact."""
