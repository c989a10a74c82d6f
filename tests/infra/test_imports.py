"""Data flows one way: door, use case, domain, with the adapters handed in (ST3, ST4)."""

import ast

import pytest

from tests.infra.sources import (
    ADAPTERS,
    Source,
    adapters_in,
    doors,
    is_standard,
    package,
)

OUTSIDE_WORLD = {"boto3", "botocore", "requests", "requests_oauthlib", "oauthlib", "pynamodb"}


def in_part(*parts: str) -> list[Source]:
    found = [source for source in package() if source.part in parts]
    assert found, f"nothing stands in {parts}"
    return found


def test_the_domain_imports_the_standard_library_and_itself_only() -> None:
    strangers = {
        (source.name, module)
        for source in in_part("domain")
        for module in source.imports()
        if not is_standard(module) and not module.startswith("koppeling.domain")
    }

    assert strangers == set()


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_adapter_imports_no_other_adapter(adapter: str) -> None:
    strangers = {
        (source.name, other)
        for source in in_part(adapter)
        for other in adapters_in(source.imports()) - {adapter}
    }

    assert strangers == set()


def test_only_bootstrap_and_the_adapters_themselves_know_the_adapters() -> None:
    strangers = {
        (source.name, adapter)
        for source in package()
        if source.part not in {"bootstrap", *ADAPTERS}
        for adapter in adapters_in(source.imports())
    }

    assert strangers == set()


def test_use_cases_reach_the_outside_world_through_their_ports_only() -> None:
    strangers = {
        (source.name, module)
        for source in package()
        if source.part not in {"bootstrap", *ADAPTERS}
        for module in source.imports()
        if module.split(".")[0] in OUTSIDE_WORLD
    }

    assert strangers == set()


def test_only_settings_reads_the_environment() -> None:
    def reads(source: Source) -> bool:
        touched = {
            ast.unparse(node) for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)
        }
        return bool(
            touched & {"os.environ", "os.getenv"}
            or {"os.environ", "os.getenv"} & set(source.imports())
        )

    assert [source.part for source in [*package()] if reads(source)] == ["settings"]
    assert [source.name for source in doors() if reads(source)] == []


def test_a_door_is_short_and_decides_nothing() -> None:  # ST1
    assert len(doors()) >= 2
    for door in doors():
        assert len(door.path.read_text().splitlines()) <= 40, door.name
        assert not [node for node in ast.walk(door.tree) if isinstance(node, ast.If)], door.name


def test_a_door_knows_neither_the_outside_world_nor_an_adapter() -> None:
    for door in doors():
        assert not {module.split(".")[0] for module in door.imports()} & OUTSIDE_WORLD, door.name
        assert not adapters_in(door.imports()), door.name


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

    assert {s.name: m for s in [*package(), *doors()] if (m := made_at_import(s))} == {}


def test_the_rules_would_notice_a_breach() -> None:
    text = "from koppeling.exact.client import ExactClient\nimport koppeling.store\nimport boto3\n"
    breach = Source(package()[0].path, ast.parse(text))

    assert adapters_in(breach.imports()) == {"exact", "store"}
    assert "boto3" in set(breach.imports())
    assert not is_standard("boto3")
