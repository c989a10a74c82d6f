"""The webhook of Exact: a change makes the next tick come early, and the ticks stay the truth."""
