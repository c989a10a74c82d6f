"""Unit tests of `koppeling.bootstrap`."""
