"""Unit tests of `koppeling.auth`."""
