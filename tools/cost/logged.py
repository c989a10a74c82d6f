"""How many bytes of logs there are: the lines of a piece of work, and those of its invocation."""

from tools.cost.facts import Facts
from tools.cost.meter import Work
from tools.cost.prices import assumed


def bytes_of_work(work: Work) -> float:
    """Return the bytes of the lines about what was done."""
    beside = assumed()["logs"]["bytes_beside_a_line"]
    lines = [line for line in work.log_lines if line not in work.metric_lines]
    return sum(len(line.encode()) + beside for line in lines)


def bytes_beside_work(facts: Facts) -> float:
    """Return the bytes of an invocation, whatever it does: one line of metrics, and Lambda's."""
    told, metrics = assumed()["logs"], facts.empty_quarterly.metric_lines
    beside = told["bytes_of_an_invocation"] + told["bytes_beside_a_line"]
    return beside + (len(metrics[-1].encode()) if metrics else 0)
