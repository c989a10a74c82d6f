"""Bootstrap: the one place that builds adapters and hands them to the use cases.

    aws.py       clients of AWS and the models of both tables
    stores.py    what is remembered: connections, problems, token chains, the outbox
    clients.py   clients of Exact Online and QicsMilestones, with their tokens and budgets
    runs.py      runs of a pull, from both of these
    batches.py   messages of a queue, worked on side by side
    auth.py      the login in the browser
    pull.py      the pulls of one entity
    push.py      the delivery of invoices, and what looks after them
    intake.py    the HTTPS API
    rounds.py    what the watch does
    wiring.py    the use cases, each built from those above

A use case is built when it is first asked for, and kept for the life of the execution environment.
What one function needs is imported with its handler, and by no other: a new process pays for each
module (P9).
What is slow to import and not always needed (boto3, the OAuth packages) is imported late.
"""

from koppeling.bootstrap.wiring import Wiring, wiring

__all__ = ["Wiring", "wiring"]
