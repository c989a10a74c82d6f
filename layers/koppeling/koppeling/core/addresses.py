"""Addresses of the bookkeeper's pages, as mails and texts in other systems hold them."""

from urllib.parse import quote, urlencode

from koppeling.core.ids import ConnectionId

PORTAL_PATH = "/portal"


def invoice_page(connect_url: str, connection: ConnectionId, number: str) -> str:
    """Return the address of the page of an invoice; empty where there are no pages.

    The number is in the query, since it may hold slashes.
    """
    if not connect_url:
        return ""
    query = urlencode({"number": number})
    return f"{connect_url}{PORTAL_PATH}/{quote(connection, safe='')}/invoice?{query}"
