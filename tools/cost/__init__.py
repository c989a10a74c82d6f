"""What the link costs at AWS: calls counted, time and memory measured, prices from a file."""
