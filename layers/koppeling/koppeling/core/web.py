"""What all pages for a browser share: headers, cookies, forms, and the language of a reader."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from koppeling.core.rendering import LANGUAGES

# Our forms hold a few short fields; a longer body is not ours
LONGEST_FORM = 8192
_MOST_FIELDS = 50
_WEIGHT = re.compile(r"\s*q=(0(?:\.\d{1,3})?|1(?:\.0{1,3})?)\s*")


def page_headers(style: str) -> Mapping[str, str]:
    """Return the headers of every page: nothing is cached, framed, sniffed or sent as referrer.

    `style` is the one style sheet that the page may use, as it stands in the page.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def language_of(accepted: str) -> str:
    """Return the language that a browser prefers of those there are; Dutch when it is unsure."""
    best, weight = LANGUAGES[0], Decimal(0)
    for each in accepted.split(","):
        tag, _, rest = each.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        found = _WEIGHT.fullmatch(rest)
        preference = Decimal(found[1]) if found else Decimal(1)
        if language in LANGUAGES and preference > weight:
            best, weight = language, preference
    return best


def cookies_in(sent: Iterable[str]) -> dict[str, str]:
    """Return the cookies of a request. AWS has them in a list, the local emulator in a header."""
    try:
        jar: SimpleCookie = SimpleCookie("; ".join(filter(None, sent)))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of a query or a form, decoded once; of equal names the last counts.

    Too many fields are none: only a program sends them.
    """
    try:
        return dict(parse_qsl(text, max_num_fields=_MOST_FIELDS, errors="replace"))
    except ValueError:
        return {}
