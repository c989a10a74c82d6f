"""Tests of the readiness check, with fakes for both systems."""
