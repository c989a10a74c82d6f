"""Tests on the real template, deployed into the emulator with IAM enforced."""
