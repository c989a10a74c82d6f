"""Where somebody goes after signing in: a path of our own pages, and never another site."""

import re
from urllib.parse import quote, urlencode

from koppeling.core.web import fields_of

# A connection, one screen of it, and a query. No dots, so that nothing climbs out of it
_PATH = re.compile(r"/[a-z0-9][a-z0-9_-]{2,63}(?:/[a-z-]{1,40})?")
_LONGEST = 500


def own_path(text: str) -> str:
    """Return a path below the address of the pages, written anew; empty for anything else."""
    path, _, query = text.partition("?")
    if len(text) > _LONGEST or not _PATH.fullmatch(path):
        return ""
    fields = urlencode(fields_of(query), quote_via=quote)
    return f"{path}?{fields}" if fields else path
