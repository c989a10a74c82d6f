"""The addresses to which an app may send a browser back."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(slots=True)
class Addresses:
    """Those that were registered, the first one first; the owner of the app may add more."""

    first: str
    _more: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        """Return each of them once."""
        return list(dict.fromkeys([self.first, *self._more]))

    def register(self, redirect_uris: list[str]) -> None:
        """Register more addresses.

        Raises:
            ValueError: one of them is no address of a web page; then none is registered.
        """
        for uri in redirect_uris:
            if urlsplit(uri).scheme not in ("http", "https") or not urlsplit(uri).netloc:
                raise ValueError(f"{uri!r} is no redirect URI")
        self._more.extend(redirect_uris)
