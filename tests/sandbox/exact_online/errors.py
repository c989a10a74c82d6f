"""How the sandbox says no.

Refusal
├── RequestError       the request itself is wrong: 400 in the envelope of X132
├── BusinessError      the content is refused: 500 or 400 in the envelope (X133)
└── BareError          a status without a body: 401, 403, 404, 405, 413, 415, 429
"""

from collections.abc import Mapping, Sequence


class RefusedError(Exception):
    """The call is not carried out."""


class RequestError(RefusedError):
    """The query or the body is wrong; the text is one of X60 to X66, or X128."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class BusinessError(RefusedError):
    """The content breaks rules of the administration; all of them are told at once (X132)."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__("\r\n".join(texts))
        self.text = "\r\n".join(texts)


class BareError(RefusedError):
    """A status that says it all."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(status))
        self.status = status
        self.headers = dict(headers or {})
