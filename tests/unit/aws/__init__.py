"""Unit tests of `koppeling.aws`."""
