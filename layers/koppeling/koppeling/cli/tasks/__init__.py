"""What an operator can do with a stack, each a function or a class."""
