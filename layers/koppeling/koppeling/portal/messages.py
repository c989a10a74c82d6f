"""What the pages ask of the watch, by messages of the round queue.

The page answers at once, and in the same time whatever comes of it: the watch finds out.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """Somebody typed an address and asks for a link; nobody has looked yet whether it is known.

    `tries` counts how often the mail was not taken.
    """

    mail: str
    leads_to: str = ""
    tries: int = 0

    def as_message(self) -> dict[str, str]:
        """Return the body to put on the queue."""
        return {"sign-in": self.mail, "leads_to": self.leads_to, "tries": str(self.tries)}


def sign_in_request(body: str) -> SignInRequest | None:
    """Parse a body; None for one that is another message."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"sign-in": str(mail), "leads_to": str(leads_to), "tries": str(tries)}:
            return SignInRequest(mail, leads_to, int(tries) if tries.isdecimal() else 0)
        case _:
            return None
