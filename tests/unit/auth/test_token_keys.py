"""Whose chain a connection uses, and by which key the release before kept it."""

from dataclasses import replace

import pytest

from koppeling.auth.token_keys import (
    EXACT,
    MILESTONES,
    NO_TENANT,
    former_key,
    key_of,
    keys_of,
    present_key,
)
from koppeling.auth.token_pair import TokenKey
from tests.unit.pull.builders import a_connection

HOST = "api.milestones.example:8443"


def test_at_exact_a_chain_belongs_to_a_user_of_a_country_site() -> None:
    connection = a_connection(exact_user=" Jan@X.nl ", exact_host="start.exactonline.be")
    assert key_of(EXACT, connection) == TokenKey(EXACT, "jan@x.nl", "start.exactonline.be")


def test_at_milestones_a_chain_belongs_to_a_user_of_a_tenant_wherever_that_is() -> None:
    plain, named = (a_connection(milestones_user="jan", milestones_tenant=t) for t in ("", "acme"))
    assert key_of(MILESTONES, plain) == TokenKey(MILESTONES, "jan", NO_TENANT)
    assert key_of(MILESTONES, named) == TokenKey(MILESTONES, "jan", "acme@")
    assert keys_of(named) == (key_of(EXACT, named), key_of(MILESTONES, named))


@pytest.mark.parametrize("tenant", ["", "acme", "a@b", "acme.example"])
def test_each_key_of_the_release_before_has_one_present_key(tenant: str) -> None:
    key = key_of(MILESTONES, a_connection(milestones_tenant=tenant))
    former = former_key(key, HOST)
    assert former is not None
    assert former.host == (f"{tenant}@{HOST}" if tenant else HOST)
    assert present_key(former) == key
    assert present_key(replace(former, host=former.host.replace(HOST, "old.example"))) == key
    assert present_key(key) == key


def test_the_keys_of_exact_stay_as_they_were() -> None:
    key = key_of(EXACT, a_connection())
    assert former_key(key, HOST) is None
    assert present_key(key) == key
