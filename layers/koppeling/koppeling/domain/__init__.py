"""What the link knows: standard library only, no input or output."""
