"""The screens in the order of the menu; each is a path below the connection's address."""

OVERVIEW, TODO, INVOICES, DATA, MONTH, LOG, FIRST_LOAD, CONNECTION = MENU = (
    "",
    "todo",
    "invoices",
    "data",
    "month",
    "log",
    "first-load",
    "connection",
)
# One invoice, below its list. Its number is in the query, since it may hold slashes
INVOICE = "invoice"
ABOVE = {INVOICE: INVOICES}
"""Which item of the menu is marked on a screen that is not in the menu itself."""


def label_of(path: str) -> str:
    """Return the key of a screen in the texts of the menu."""
    return path or "overview"
