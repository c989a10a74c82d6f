"""A strict Exact Online as a local server; RULES.md lists what it enforces and where."""

from tests.sandbox.exact_online.sandbox import ExactSandbox

__all__ = ["ExactSandbox"]
