"""Rules of size, time-outs and waiting that a reader of the code should be able to count on."""

import ast
import re

import pytest

from tests.infra.sources import Source, package, sources

ALL = ("layers", "functions", "tools", "tests")
SENDING = {"request", "send", "fetch_token", "refresh_token", "get", "post", "put", "patch", "head"}
SENDERS = re.compile(r"(^|[._])(requests|session|_session\(\)|oauth\w*|http)$", re.IGNORECASE)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def sends(call: str) -> bool:
    """Tell whether a call, by its text, puts a request on the wire."""
    receiver, _, method = call.rpartition(".")
    return method in SENDING and bool(SENDERS.search(receiver))


def keywords(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def test_no_file_has_more_than_300_lines() -> None:  # ST2
    lengths = {source.name: len(source.path.read_text().splitlines()) for source in sources(*ALL)}

    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_no_function_has_more_than_40_lines() -> None:  # ST2
    long = {
        f"{source.name}:{node.name}": length
        for source in sources(*ALL)
        for node in ast.walk(source.tree)
        if isinstance(node, FUNCTIONS)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > 40
    }

    assert long == {}


def test_every_request_to_a_server_has_a_time_out() -> None:  # R1
    bare = [
        f"{source.name}:{node.lineno} {call}"
        for source in package()
        for call, node in source.calls()
        if sends(call) and "timeout" not in keywords(node)
    ]

    assert bare == []


def test_no_request_follows_a_redirect_to_who_knows_where() -> None:  # S5
    adventurous = [
        f"{source.name}:{node.lineno}"
        for source in package()
        for call, node in source.calls()
        if sends(call)
        and call.endswith(".request")
        and "False"
        not in {ast.unparse(k.value) for k in node.keywords if k.arg == "allow_redirects"}
    ]

    assert adventurous == []


def test_every_aws_client_brings_its_time_outs() -> None:  # R1
    made = [
        (source, node)
        for source in package()
        for call, node in source.calls()
        if call in {"boto3.client", "boto3.resource"}
        or call.endswith(".Config")
        or call == "Config"
    ]

    assert made
    for source, node in made:
        needed = (
            {"config"}
            if ast.unparse(node.func) != "Config"
            else {"connect_timeout", "read_timeout"}
        )
        assert needed <= keywords(node), source.name


def test_the_tables_bring_their_time_outs() -> None:  # R1
    (table,) = [source for source in package() if source.name.endswith("aws/dynamodb/table.py")]
    text = table.path.read_text()

    for setting in ("connect_timeout_seconds", "read_timeout_seconds", "max_retry_attempts"):
        assert setting in text


def test_waiting_stands_in_one_place_and_never_lasts_longer_than_two_seconds() -> None:  # R4
    waits = [
        (source.room, ast.unparse(node.args[0]))
        for source in package()
        for call, node in source.calls()
        if call.split(".")[-1] == "sleep"
    ]

    assert waits == [("core", "min(seconds, 2.0)")]


def test_nothing_is_ever_deleted_in_either_system() -> None:  # R16
    def deletes(source: Source) -> bool:
        named = {node.name for node in ast.walk(source.tree) if isinstance(node, FUNCTIONS)}
        texts = {
            node.value
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        return "DELETE" in texts or any("delete" in name for name in named)

    assert [s.name for s in package() if s.room in {"exact", "milestones"} and deletes(s)] == []


def test_amounts_are_never_floats() -> None:  # R24
    floats = [
        f"{source.name}:{node.lineno}"
        for source in package()
        if source.room in {"core", "push", "exact"}
        for call, node in source.calls()
        if call == "float"
    ]

    assert floats == []


@pytest.mark.parametrize(
    ("call", "on_the_wire"),
    [
        ("requests.get", True),
        ("self._session.request", True),
        ("self._session().request", True),
        ("session.post", True),
        ("oauth.refresh_token", True),
        ("event.get", False),
        ("self._items.get", False),
    ],
)
def test_the_rules_know_a_request_when_they_see_one(call: str, on_the_wire: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    assert sends(call) is on_the_wire
