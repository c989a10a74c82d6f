"""Every function with every event of `events/`: what is there before, and what must be after.

The end-to-end tests run them under Lambda's own runtime client, `make sam-local` in containers.
"""

from tools.stack.cases.all_cases import CASES
from tools.stack.cases.workplace import Case, Workplace

__all__ = ["CASES", "Case", "Workplace"]
