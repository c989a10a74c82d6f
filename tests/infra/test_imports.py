"""Data flows one way: handler, story, core, with the adapters handed in (ST3, ST4)."""

import ast
from collections.abc import Mapping

import pytest

from tests.infra.sources import (
    PACKAGE,
    Source,
    handlers,
    package,
    rooms_in,
    strangers_in,
)

STORIES = {"pull", "push", "auth", "check"}
ADAPTERS = {"exact", "milestones", "aws"}
ROOMS = {"core", "watch", "portal", "intake", "bootstrap", "cli", "messages"} | STORIES | ADAPTERS
# What a room may import of the others
ALLOWED: Mapping[str, set[str]] = {
    "core": set(),
    **{story: {"core"} for story in STORIES},
    "watch": {"core", "auth", "pull", "push"},
    # The pages go through what the stories offer; they never reach for a table themselves
    "portal": {"core", "auth", "pull", "push"},
    # Who hands in over HTTPS goes through what the push offers
    "intake": {"core", "push"},
    **{adapter: {"core", "watch", "portal", "intake"} | STORIES for adapter in ADAPTERS},
    "bootstrap": ROOMS - {"cli"},
    "cli": ROOMS - ADAPTERS,
}
# The adapters that live with their story, and what a library knows without any I/O
THIRD_PARTY: Mapping[str, set[str]] = {
    "core/http.py": {"requests"},
    "core/unsent.py": {"requests", "urllib3"},
    "pull/doubles_names.py": {"rapidfuzz"},
    "push/contract.py": {"fastjsonschema"},
    "push/schema.py": {"fastjsonschema"},
    "auth/oauth.py": {"requests", "requests_oauthlib", "oauthlib"},
    "auth/pages/pages.py": {"jinja2", "markupsafe"},
    "auth/pages/routes.py": {"aws_lambda_powertools"},
    "portal/pages/paper.py": {"pydyf"},
    "watch/working_days.py": {"dateutil"},
    "portal/pages/renderer.py": {"jinja2", "markupsafe"},
    "portal/pages/responses.py": {"aws_lambda_powertools"},
    "portal/pages/routes.py": {"aws_lambda_powertools"},
}


def test_every_file_stands_in_one_of_the_rooms() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__"}
    loose = {path.name for path in PACKAGE.glob("*.py")}

    assert folders == ROOMS
    assert loose == {"__init__.py"}


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_the_rooms_that_it_may_know(room: str) -> None:
    found = [source for source in package() if source.module.startswith(f"{room}/")]
    assert found, f"nothing stands in {room}"

    breaches = {
        source.module: too_far
        for source in found
        if (too_far := rooms_in(source.imports()) - {room} - ALLOWED[room])
    }

    assert breaches == {}


def test_core_and_the_stories_import_no_third_party_package_but_the_named_ones() -> None:
    found = {
        source.module: strangers
        for source in package()
        if source.room in {"core", "watch", "portal", "intake"} | STORIES
        and (strangers := strangers_in(source.imports()))
    }

    assert found == THIRD_PARTY


def test_only_settings_reads_the_environment() -> None:
    def reads(source: Source) -> bool:
        touched = {
            ast.unparse(node) for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)
        }
        return bool(
            touched & {"os.environ", "os.getenv"}
            or {"os.environ", "os.getenv"} & set(source.imports())
        )

    assert [source.module for source in package() if reads(source)] == ["bootstrap/settings.py"]
    assert [source.name for source in handlers() if reads(source)] == []


def test_a_handler_is_short_and_decides_nothing() -> None:  # ST1
    assert len(handlers()) >= 2
    for handler in handlers():
        assert len(handler.path.read_text().splitlines()) <= 40, handler.name
        assert not [node for node in ast.walk(handler.tree) if isinstance(node, ast.If)]


def test_a_handler_knows_bootstrap_and_the_events_of_its_story() -> None:
    for handler in handlers():
        assert not rooms_in(handler.imports()) & {"cli", *ADAPTERS}, handler.name
        assert strangers_in(handler.imports()) <= {"aws_lambda_powertools"}, handler.name


def test_nothing_that_talks_to_the_outside_is_made_when_a_module_is_imported() -> None:  # ST4
    def made_at_import(source: Source) -> list[str]:
        return [
            name
            for statement in source.tree.body
            if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
            for node in ast.walk(statement)
            if isinstance(node, ast.Call)
            and (name := ast.unparse(node.func)).split(".")[-1]
            in {"client", "resource", "Session", "OAuth2Session", "from_environment", "now"}
        ]

    assert {s.name: m for s in [*package(), *handlers()] if (m := made_at_import(s))} == {}


def test_nothing_imports_the_command_line() -> None:
    others = [source for source in package() if source.room != "cli"]

    assert [s.name for s in [*others, *handlers()] if "cli" in rooms_in(s.imports())] == []


def test_the_rules_would_notice_a_breach() -> None:
    text = "from koppeling.exact.client import ExactClient\nimport koppeling.aws\nimport boto3\n"
    breach = Source(package()[0].path, ast.parse(text))

    assert rooms_in(breach.imports()) == {"exact", "aws"}
    assert strangers_in(breach.imports()) == {"boto3"}
