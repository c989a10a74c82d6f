"""Files in the inbox that belong to no connection: each is a problem of the operator.

a document arrives in the folder of no connection ──► problem
once a day: look at the top of the inbox
    a file outside every folder of a connection   ──► problem
    the connection has been made since            ──► offer the document, close the problem
    the file is gone                              ──► close the problem

Nothing is used up. The file stays where it is until its connection exists or somebody moves it.
"""

from dataclasses import dataclass
from itertools import islice

from koppeling.core.ports import Connections, Problems, Queue
from koppeling.core.problems import OPERATOR, Problem, inbox_subject
from koppeling.core.summary import Summary
from koppeling.push.messages import InvoiceMessage
from koppeling.push.ports import Listing

STRAY = "inbox-without-connection"
DOCUMENT = ".json"
# More files than this have one cause; the problems of these show it
MOST = 1000


def stray_problem(key: str) -> Problem:
    """Return the problem of a file that belongs to no connection."""
    folder, slash, name = key.rpartition("/")
    values = {"key": name or key, "folder": f"{folder}/" if slash else "/"}
    return Problem(OPERATOR, inbox_subject(key), STRAY, values)


@dataclass(frozen=True, slots=True)
class Strays:
    """Looks at what lies in the inbox outside the folders of connections."""

    inbox: Listing
    connections: Connections
    problems: Problems
    queue: Queue

    def look(self) -> Summary:
        """Open a problem for each such file, and close those that are solved."""
        folders = {each.id for each in self.connections.listed()}
        found = set(islice(self.inbox.outside(folders), MOST))
        for key in sorted(found):
            self.problems.open(stray_problem(key))
        offered = gone = 0
        for key in strays(self.problems):
            if key in found:
                continue
            if not self.inbox.holds(key):
                gone += 1
                self.problems.close(OPERATOR, inbox_subject(key))
            elif key.partition("/")[0] in folders:
                offered += 1
                offer(key, self.queue, self.problems)
        counts = {"found": len(found), "offered": offered, "gone": gone}
        return Summary("strays", "looked", counts=counts)


def strays(problems: Problems) -> list[str]:
    """Return the keys of the files that belonged to no connection when they were last seen."""
    return [
        problem.subject.partition("/")[2]
        for problem in problems.opened(OPERATOR)
        if problem.code == STRAY
    ]


def offer(key: str, queue: Queue, problems: Problems) -> None:
    """Offer a document whose connection exists by now; any other file needs no offer.

    The problem closes after the message is sent: from there on the delivery tells how it went.
    """
    if key.endswith(DOCUMENT):
        queue.send([(InvoiceMessage(key, retry=True).as_message(), 0)])
    problems.close(OPERATOR, inbox_subject(key))
