"""A call that failed: was it sent at all?"""

from ssl import SSLCertVerificationError, SSLError

import pytest
import requests
import urllib3

from koppeling.core.unsent import was_never_sent

POOL = urllib3.HTTPConnectionPool("start.exactonline.nl")
REFUSED = urllib3.exceptions.NewConnectionError(POOL, "connection refused")  # type: ignore[arg-type] # its type names a connection
CERTIFICATE = urllib3.exceptions.SSLError(SSLCertVerificationError("expired"))
CUT_OFF = urllib3.exceptions.SSLError(SSLError("EOF occurred in violation of protocol"))


def failed(cause: Exception) -> urllib3.exceptions.MaxRetryError:
    """Return what urllib3 makes of a cause, which requests carries along."""
    return urllib3.exceptions.MaxRetryError(POOL, "/", cause)


@pytest.mark.parametrize(
    ("error", "proves_it"),
    [
        (requests.exceptions.ConnectTimeout("10 s"), True),
        (requests.exceptions.ConnectionError(failed(REFUSED)), True),
        (requests.exceptions.SSLError(failed(CERTIFICATE)), True),
        (requests.exceptions.SSLError(failed(CUT_OFF)), False),
        (requests.exceptions.SSLError("EOF in a record"), False),
        (requests.exceptions.ReadTimeout("30 s"), False),
        (requests.exceptions.ConnectionError("reset by peer"), False),
        (requests.exceptions.ConnectionError(), False),
    ],
    ids=str,
)
def test_only_a_connection_that_was_never_made_proves_that_nothing_was_sent(
    error: requests.RequestException, *, proves_it: bool
) -> None:
    assert was_never_sent(error) is proves_it
