"""What a delivery proves: which problems of the connection are over.

A problem of the connection closes when a delivery proves the opposite, and not because some
delivery ended. A document that nobody can read, or an invoice that was booked before, proves
nothing. A good answer of any call proves the consent and the access to the administration; a right
is proved by the calls that need it.
"""

from collections.abc import Collection

from koppeling.core.problems import LOST_LOGINS, Problem, is_lost_login, login_subject
from koppeling.push.job import InvoiceJob

CONNECTION_SUBJECT = "push/connection"
NO_RIGHTS = "exact-no-rights"


def close_what_is_over(job: InvoiceJob) -> None:
    """Close the problems of the connection that the answers to this delivery prove to be over."""
    proven = job.books.proven()
    if not proven:
        return

    def is_over(problem: Problem) -> bool:
        return _is_disproved(problem, proven)

    job.ports.problems.close(job.connection.id, CONNECTION_SUBJECT, is_over)
    # Also when another delivery met its end, which may have ended without a call to Exact since
    job.ports.problems.close(job.connection.id, login_subject("exact"), is_lost_login)


def needs_a_person(problem: Problem) -> bool:
    """Say whether no invoice of the connection can be booked before a person has mended this."""
    is_login = is_lost_login(problem) and LOST_LOGINS[problem.code] == "exact"
    return is_login or problem.subject == CONNECTION_SUBJECT


def _is_disproved(problem: Problem, proven: Collection[str]) -> bool:
    if problem.code == NO_RIGHTS:
        return problem.values.get("entity", "") in {"", *proven}
    return problem.code.startswith("exact-")
