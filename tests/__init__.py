"""Tests, and the sandbox servers they run against."""
