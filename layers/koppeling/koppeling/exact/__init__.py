"""The client of Exact Online."""
