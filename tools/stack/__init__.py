"""Runs the local stack: emulator, sandboxes, build, deploy."""
