"""Unit tests of `koppeling.watch`."""
