"""The session in which a vendor is called."""

import requests


def vendor_session() -> requests.Session:
    """Return a session that does not look through the environment at every call (P16).

    That search for proxies, certificates and names in files costs as much as the rest of a call.
    So a proxy of the environment is not used; no function has one.
    """
    session = requests.Session()
    session.trust_env = False
    return session
