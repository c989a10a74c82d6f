"""Unit tests of `koppeling.core`."""
