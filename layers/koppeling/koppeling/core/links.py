"""Links that a server gives for the next page: followed only where they stay in place (S5)."""

from urllib.parse import unquote, urlsplit


def stays_below(link: object, root: str) -> bool:
    """Say whether a link has the scheme and the host of `root` and a path that begins with its.

    A client resolves `..` in a path before it sends it, also when the dots are encoded.
    """
    if not isinstance(link, str):
        return False
    try:
        there, here = urlsplit(link), urlsplit(root)
    except ValueError:
        return False
    return (
        (there.scheme, there.netloc) == (here.scheme, here.netloc)
        and there.path.startswith(here.path)
        and ".." not in unquote(there.path).split("/")
    )
