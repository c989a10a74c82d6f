"""P16: a call to a vendor does not look through the environment."""

from pathlib import Path

import pytest

from koppeling.core.http import vendor_session


def test_a_session_heeds_no_proxy_and_no_password_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = tmp_path / "netrc"
    names.write_text("machine exact.example login somebody password canary\n")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NETRC", str(names))

    with vendor_session() as session:
        used = session.merge_environment_settings("https://exact.example/", {}, None, None, None)

        assert not used["proxies"]
        assert session.auth is None
        assert not session.trust_env
