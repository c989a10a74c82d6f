"""What a token call needs is there before the lease, the OAuth packages too (P9, R26)."""

import subprocess
import sys

CODE = """
import sys
from koppeling.auth.oauth import EXACT, TokenEndpoint
from koppeling.auth.ports import AppCredentials
from koppeling.auth.token_pair import TokenKey
endpoint = TokenEndpoint(EXACT, lambda host: "", lambda: AppCredentials("id", "secret"), print)
endpoint.prepare(TokenKey("exact", "jan", "start.exactonline.nl"))
print("requests_oauthlib" in sys.modules)
"""


def test_the_oauth_packages_are_imported_by_prepare_and_not_under_the_lease() -> None:
    command = [sys.executable, "-c", CODE]
    out = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own

    assert out.stdout.strip() == "True"
