"""Whether a call that failed was sent at all (X165).

Only a connection that was never made proves that nothing arrived. An error of TLS proves it when a
certificate was refused; any other one may also come while the answer is read.
"""

from ssl import SSLCertVerificationError

import requests
from urllib3.exceptions import NewConnectionError

_NOT_CONNECTED = (NewConnectionError, SSLCertVerificationError)


def was_never_sent(error: requests.RequestException) -> bool:
    """Say whether no connection was made, so that nothing can have been sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    causes = (reason, *getattr(reason, "args", ()))
    return any(isinstance(cause, _NOT_CONNECTED) for cause in causes)
