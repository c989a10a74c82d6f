"""One file per screen: it reads what the screen shows."""
