"""The login in the browser, piece by piece."""
