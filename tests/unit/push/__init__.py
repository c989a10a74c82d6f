"""The push, against ports in memory."""
