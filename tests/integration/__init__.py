"""What can go wrong, done on purpose: faults, crashes, rivals, and the state that is left."""
