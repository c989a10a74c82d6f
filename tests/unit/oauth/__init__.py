"""Tests of the token endpoints."""
