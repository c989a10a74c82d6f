"""Tests of the pages of the bookkeeper."""
