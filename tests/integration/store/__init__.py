"""What the stores promise, on tables of their own."""
