"""Puts the credentials of our two apps where the functions look for them: in AppsSecret."""

import json
import os
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass

from tools.stack.deployed import Stack


@dataclass(frozen=True, slots=True)
class App:
    """An app as a vendor registered it."""

    client_id: str
    client_secret: str
    redirect_uri: str = ""


def put_app_credentials(stack: Stack, say: Callable[[str], None]) -> None:
    """Fill the secret: from the environment if it is told there, else from the sandboxes.

    The address to which people come back is known only now, so the sandboxes are told of it.
    """
    callback = f"{stack.outputs['ConnectUrl']}/callback"
    apps = {
        "exact": _app("EXACT", stack.exact_url, callback),
        "milestones": _app("MILESTONES", stack.milestones_url, callback),
    }
    for name, app in apps.items():
        if app is None:
            prefix = name.upper()
            say(f"no app known for {name}: set {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET")
    known = {name: _kept(name, app or App("", "")) for name, app in apps.items()}
    stack.secrets.put_secret_value(
        SecretId=stack.outputs["AppsSecretArn"], SecretString=json.dumps(known)
    )


def _kept(provider: str, app: App) -> dict[str, str]:
    """Return what the secret holds of an app: a redirect URI only where refreshing wants it."""
    kept = asdict(app)
    if provider == "exact":  # X11
        del kept["redirect_uri"]
    return kept


def _app(prefix: str, base_url: str, callback: str) -> App | None:
    if os.environ.get(f"{prefix}_CLIENT_ID"):
        secret = os.environ.get(f"{prefix}_CLIENT_SECRET", "")
        return App(os.environ[f"{prefix}_CLIENT_ID"], secret, callback)
    registered = json.dumps({"redirect_uris": [callback]}).encode()
    request = urllib.request.Request(  # noqa: S310 - http(s), chosen by the developer
        f"{base_url}/_sandbox/app", registered, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - likewise
            told = json.load(answer)
    except (OSError, ValueError):
        return None  # another server stands in for the sandbox, and it hands out nothing
    return App(told["client_id"], told["client_secret"], callback)
