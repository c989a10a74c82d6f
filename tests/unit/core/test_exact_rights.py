"""X32, X33: which rights a connection needs, and how people call what a right is to."""

import pytest

from koppeling.core.connection import Connection
from koppeling.core.exact_rights import ANY_DATA, CREATE, READ, ExactCall, ExactRights
from tests.sandbox.connecting import company_connection


def with_pdfs(connection: Connection) -> bool:
    return connection.with_pdfs


CALLS = (
    ExactCall("accounts", "crm/Accounts", "Relaties bekijken"),
    ExactCall("documents", "documents/Documents", "Documenten", is_made=with_pdfs),
    ExactCall("documents", "documents/Documents", "Documenten", CREATE, with_pdfs),
)


@pytest.mark.parametrize(
    ("endpoint", "entity", "right"),
    [
        ("crm/Accounts", "accounts", "Relaties bekijken"),
        ("sync/CRM/Accounts", "accounts", "Relaties bekijken"),
        ("documents/Documents", "documents", "Documenten"),
        ("system/Divisions", "system/Divisions", ANY_DATA),
    ],
)
def test_an_endpoint_is_named_by_what_it_holds_and_the_right_it_asks(
    endpoint: str, entity: str, right: str
) -> None:
    rights = ExactRights(CALLS)
    assert (rights.entity_of(endpoint), rights.right_of(entity)) == (entity, right)


def test_the_last_call_to_an_endpoint_names_it() -> None:
    rights = ExactRights([*CALLS, ExactCall("debtors", "sync/CRM/Accounts", "Debiteuren")])
    assert rights.entity_of("crm/Accounts") == "debtors"


def test_a_connection_needs_the_rights_to_the_calls_it_makes() -> None:
    needed = ExactRights(CALLS).needed_by(company_connection())
    assert [(call.endpoint, call.action) for call in needed] == [
        ("crm/Accounts", READ),
        ("documents/Documents", READ),
        ("documents/Documents", CREATE),
    ]


def test_an_endpoint_that_two_parts_call_is_asked_about_once() -> None:
    rights = ExactRights([*CALLS[:1], *CALLS[:1]])
    assert len(list(rights.needed_by(company_connection()))) == 1
