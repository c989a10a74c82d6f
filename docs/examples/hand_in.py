"""Hands in one invoice with its PDF over HTTPS. Needs Python 3.9 or later, and no package.

    export KOPPELING_URL=https://koppeling.example KOPPELING_KEY=kop_...
    python hand_in.py 20260455.json 20260455.pdf

Every call may be repeated: what was taken already is not taken twice. So an answer that gets lost, or
one that says to wait, is answered by the same call again.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

TRIES = 5
SECONDS = 30
WAIT = {429, 500, 503}


def ask(method, url, headers, body):
    """Send a request, and again when its answer got lost; returns the body of the answer."""
    for tried in range(1, TRIES + 1):
        try:
            request = Request(url, data=body, headers=headers, method=method)
            with urlopen(request, timeout=SECONDS) as answer:
                return answer.read()
        except HTTPError as refused:
            if refused.code not in WAIT or tried == TRIES:
                # Problem details (RFC 9457): each finding says what is wrong and what to do
                sys.exit(refused.read().decode())
            time.sleep(float(refused.headers.get("Retry-After", tried)))
        except (URLError, TimeoutError, ConnectionError):
            if tried == TRIES:
                raise
            time.sleep(tried)


def hand_in(base, key, document, pdf, file_name):
    """Hand in a document and its PDF; returns what the link says of the invoice."""
    connection, number = document["connection_id"], quote(document["invoice_number"], safe="")
    invoice = f"{base}/v1/connections/{connection}/invoices/{number}"
    headers = {
        "Authorization": f"Bearer {key}",
        "Accept-Language": "nl",
        "Content-Type": "application/json",
    }
    file = {"sha256": hashlib.sha256(pdf).hexdigest(), "size_bytes": len(pdf)}

    # 1. Where does the PDF go?
    upload = json.loads(ask("POST", f"{invoice}/pdf", headers, json.dumps(file).encode()))
    # 2. Send it there, with the headers of the answer
    ask(upload["method"], upload["url"], upload["headers"], pdf)
    # 3. Hand in the document, which names the PDF
    document["pdf"] = {"key": upload["key"], "file_name": file_name, **file}
    return json.loads(ask("PUT", invoice, headers, json.dumps(document).encode()))


if __name__ == "__main__":
    paper = Path(sys.argv[2])
    answer = hand_in(
        os.environ["KOPPELING_URL"],
        os.environ["KOPPELING_KEY"],
        json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")),
        paper.read_bytes(),
        paper.name,
    )
    print(json.dumps(answer, ensure_ascii=False))
