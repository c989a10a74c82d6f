"""A strict QicsMilestones as a local server; RULES.md lists what it enforces and where."""

from tests.sandbox.qics_milestones.sandbox import MilestonesSandbox

__all__ = ["MilestonesSandbox"]
