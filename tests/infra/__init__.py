"""Tests of the template, the build and the direction of imports."""
