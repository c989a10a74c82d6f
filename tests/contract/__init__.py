"""Contracts: what each sandbox must hold a caller to."""
