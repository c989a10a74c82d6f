"""Unit tests of `koppeling.pull`."""
