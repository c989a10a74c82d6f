"""What an operator can do, each a function or class on ports."""
