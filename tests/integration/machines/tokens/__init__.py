"""One chain of tokens and several processes, each stopped at any step and for any time."""
