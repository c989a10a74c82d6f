"""Finding out what became of an entry that was posted without an answer (X169, R19).

POSTING ──► UNKNOWN ──► look ──► found ────────────────► ENTRY
▲          │
└── wait ◄─┴────► absent, twice ────────► INTENT: it is posted again
"""

from datetime import datetime, timedelta

from koppeling.core.errors import Defer
from koppeling.push.adoption import adopt
from koppeling.push.entry_search import Found, in_use, look, named_entry
from koppeling.push.job import InvoiceJob
from koppeling.push.outbox import LIFE, LOOK_AFTER, SETTLED_AFTER, State
from koppeling.push.unclear import is_enough, not_confirmed, stop_of, text_of_answer

UNCERTAIN = "entry-uncertain"
# Several entries look like ours, and only a person can tell which one is
ASK_A_PERSON = timedelta(hours=1)


def resolve_unknown(job: InvoiceJob) -> None:
    """Find out what became of an entry that was posted without an answer (X169, R19).

    Found: ENTRY. Absent twice, the second time when Exact can no longer book it late: INTENT, so
    that it is posted again. In every other case it waits, because an unknown outcome never posts.
    An entry that a person named counts from then on too: before that, ours may still come.

    Raises:
        Defer: it is too early to tell.
        Reject: the number belongs to another entry, or every post stays unclear.
        Fatal: it was not booked, for want of a right.
    """
    sent_at = job.item.posted_at or job.ports.now()
    look_from = (job.item.probed_at or sent_at) + LOOK_AFTER
    if job.ports.now() < look_from:
        raise Defer(UNCERTAIN, look_from, "an unanswered call is left alone for a minute")
    if job.item.state is State.POSTING:
        sent_at += LIFE  # the push that announced the post was slow, or died
        job.move(State.UNKNOWN, posted_at=sent_at)
    warn_uncertain(job)
    found = look(job)
    match found.ours:
        case [entry]:
            adopt(job, entry)
        case []:
            _absent(job, found, sent_at)
        case _:
            named = named_entry(job, found)
            if named is None:
                ask_again = job.ports.now() + ASK_A_PERSON
                raise Defer(UNCERTAIN, ask_again, "more than one entry is ours")
            adopt(job, named)


def warn_uncertain(job: InvoiceJob) -> None:
    """Tell people not to book this invoice themselves now, with what Exact answered."""
    answer = text_of_answer(job.item)
    job.open_problem(UNCERTAIN, **({"message": answer} if answer else {}))


def _absent(job: InvoiceJob, found: Found, sent_at: datetime) -> None:
    now, settled_from = job.ports.now(), sent_at + SETTLED_AFTER
    if job.item.probed_at is None or now < settled_from:
        job.move(State.UNKNOWN, probed_at=now)
        raise Defer(UNCERTAIN, max(now + LOOK_AFTER, settled_from), "not there yet")
    named = named_entry(job, found)
    if named is not None:
        adopt(job, named)
        return
    if found.others:
        raise in_use(job, found.others)
    stop = stop_of(job.item)
    if stop is None and is_enough(job.item):
        raise not_confirmed(job.item)
    job.move(State.INTENT, probed_at=None, posted_at=None)
    job.close_problems()
    job.is_absent = True
    if stop is not None:
        raise stop
