"""Configuration files: what they mean, and how a mistake in one is reported."""

from dataclasses import fields
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from koppeling.cli.configuration.fields import (
    FIELD_PATHS,
    as_document,
    as_yaml,
    differences,
    entries,
)
from koppeling.cli.configuration.reading import read
from koppeling.cli.configuration.yaml_file import ConfigurationError, part_at, schema
from koppeling.core.connection import (
    EXACT_HOSTS,
    Connection,
    EmployeeNumber,
    EntitySetting,
    InvoiceEmail,
)
from koppeling.core.ids import ConnectionId, Division
from koppeling.pull.entities.registry import ENTITIES
from tools.docs.configuration import leaves

SMALLEST = """\
id: acme
exact:
  administration: {number: 12, name: Acme}
  user: one@acme.example
milestones:
  company: 1
  user: one@acme.example
start_date: 2026-01-01
invoices:
  sales_journal: 70
  debtor_gl_account: 1300
"""

names = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=50
)
users = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
codes = st.from_regex(r"[A-Za-z0-9._-]{1,10}", fullmatch=True)
mails = st.from_regex(r"[a-z0-9.+-]{1,12}@[a-z0-9-]{1,10}\.[a-z]{2,5}", fullmatch=True)


@st.composite
def settings(draw: st.DrawFn) -> dict[str, EntitySetting]:
    chosen = draw(st.lists(st.sampled_from(list(ENTITIES)), unique=True))
    found: dict[str, EntitySetting] = {}
    for name in chosen:
        pace = ENTITIES[name].interval_minutes
        longer = st.sampled_from(range(pace, 1441, pace))
        interval = draw(st.one_of(st.just(EntitySetting().interval_minutes), longer))
        found[name] = EntitySetting(draw(st.booleans()), interval)
    return found


connections = st.builds(
    Connection,
    id=st.from_regex(r"[a-z0-9][a-z0-9_-]{2,63}", fullmatch=True).map(ConnectionId),
    exact_host=st.sampled_from(sorted(EXACT_HOSTS)),
    exact_user=users.map(str.lower),
    division=st.integers(1, 2**31 - 1).map(Division),
    administration_name=names,
    milestones_user=users.map(str.lower),
    milestones_tenant=st.just("") | st.from_regex(r"[a-z0-9][a-z0-9_-]{2,63}", fullmatch=True),
    company_id=st.integers(1, 10**18).map(str),
    sales_journal=codes,
    debtor_gl_account=codes,
    start_date=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    credit_journal=st.none() | codes,
    currency=st.from_regex(r"[A-Z]{3}", fullmatch=True),
    with_pdfs=st.booleans(),
    existing_as_entries=st.booleans(),
    existing_as_pdfs=st.booleans(),
    invoice_email=st.sampled_from(InvoiceEmail),
    customer_type=names,
    time_item_type=names,
    other_item_type=names,
    employee_number=st.sampled_from(EmployeeNumber),
    norm_hours_per_week=st.from_regex(r"[1-9][0-9](\.[0-9]{1,2})?", fullmatch=True),
    milestones_calls_per_second=st.integers(1, 50),
    project_types=st.lists(st.integers(1, 5), min_size=1, unique=True).map(tuple),
    project_allows_planning=st.booleans(),
    project_hides_budgets=st.booleans(),
    project_contract_received=st.booleans(),
    project_budget_mandatory=st.booleans(),
    warning_mails=st.lists(mails, unique=True, max_size=10).map(tuple),
    paused=st.just(False),  # noqa: FBT003 - a strategy of one value
    entities=settings(),
)


@given(connections)
def test_every_connection_is_written_and_read_back_as_it_was(connection: Connection) -> None:
    assert read("written", as_yaml(connection)) == connection


@given(connections, connections)
def test_two_connections_differ_in_what_their_entries_say(a: Connection, b: Connection) -> None:
    changed = {change.field for change in differences(a, b)}

    assert changed == {name for name, value in entries(a).items() if entries(b)[name] != value}
    assert differences(a, a) == ()


def test_the_smallest_file_has_the_defaults_of_a_connection() -> None:
    found = read("acme.yaml", SMALLEST)

    assert found == Connection(
        id=ConnectionId("acme"),
        exact_host="start.exactonline.nl",
        exact_user="one@acme.example",
        division=Division(12),
        administration_name="Acme",
        milestones_user="one@acme.example",
        company_id="1",
        sales_journal="70",
        debtor_gl_account="1300",
        start_date=date(2026, 1, 1),
    )


def test_every_field_of_a_connection_has_a_path_in_a_file() -> None:
    known = {one.name for one in fields(Connection)}

    # `koppeling start` and `koppeling pause` decide whether a connection is at work, not its file
    assert {*FIELD_PATHS.values(), "entities", "started", "paused"} == known
    assert len(set(FIELD_PATHS.values())) == len(FIELD_PATHS)


def test_the_schema_and_the_field_paths_name_the_same_entries() -> None:
    of_entities = {
        f"entities.{name}.{entry}" for name in ENTITIES for entry in ("enabled", "interval_minutes")
    }

    assert {path for path, _, _ in leaves()} == {*FIELD_PATHS, *of_entities}


def test_the_defaults_in_the_schema_are_those_of_a_connection() -> None:
    of_a_connection = entries(read("acme.yaml", SMALLEST))
    defaults = {path: part["default"] for path, part, _ in leaves() if "default" in part}

    assert {path: of_a_connection[path] for path in defaults} == defaults


def test_every_entry_has_a_title_and_says_what_is_allowed() -> None:
    assert [
        path for path, part, _ in leaves() if not part.get("title") or not part.get("description")
    ] == []


def test_the_hosts_of_the_schema_are_those_that_tokens_may_go_to() -> None:  # X1
    assert set(part_at(("exact", "host"))["enum"]) == EXACT_HOSTS


def test_the_schema_refuses_what_it_does_not_know_everywhere() -> None:
    def objects(part: object) -> list[dict[str, object]]:
        if not isinstance(part, dict):
            return []
        below = [found for value in part.values() for found in objects(value)]
        return [part, *below] if part.get("type") == "object" and "properties" in part else below

    found = objects(dict(schema()))
    assert len(found) > 5
    assert all(part["additionalProperties"] is False for part in found)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("70", "70"), ("070", "070"), ("'70'", "70"), ("1e3", "1e3"), ("0x1F", "0x1F"), ("no", "no")],
)
def test_a_code_is_the_text_that_stands_there_whatever_yaml_takes_it_for(
    written: str, meant: str
) -> None:
    text = SMALLEST.replace("sales_journal: 70", f"sales_journal: {written}")

    assert read("acme.yaml", text).sales_journal == meant


@pytest.mark.parametrize("written", ["yes", "true", "on", "Yes", "TRUE"])
def test_yes_is_written_in_the_ways_of_yaml(written: str) -> None:
    text = f"{SMALLEST}  existing: {{as_pdfs: {written}}}\n"

    assert read("acme.yaml", text).existing_as_pdfs is True


def test_an_oauth_user_is_kept_in_small_letters() -> None:
    text = SMALLEST.replace("user: one@acme.example", "user: One@Acme.example")

    found = read("acme.yaml", text)

    assert (found.exact_user, found.milestones_user) == ("one@acme.example",) * 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: acme", "id: A", "acme.yaml:1: id: 'A' is not allowed. 3 to 64 small letters"),
        ("number: 12", "number: twelve", "acme.yaml:3: exact.administration.number: 'twelve' is"),
        ("number: 12", "number: 012", "exact.administration.number: '012' is not a whole number"),
        ("number: 12, ", "", "acme.yaml:3: exact.administration.number: is missing"),
        ("  company: 1\n", "", "acme.yaml:5: milestones.company: is missing"),
        ("2026-01-01", "2026-02-30", "start_date: '2026-02-30' is not allowed"),
        ("2026-01-01", "20260101", "start_date: '20260101' is not allowed. A day as year-month"),
        ("2026-01-01", "1 januari 2026", "start_date: '1 januari 2026' is not allowed"),
        ("sales_journal: 70", "sales_journal:", "invoices.sales_journal: nothing is not a text"),
        ("sales_journal", "sales_jornal", "is not known here; allowed: sales_journal, credit"),
        ("id: acme", "id: acme\nid: other", "acme.yaml:2: id: stands here and on line 1"),
        (
            "  user: one@acme.example\nmil",
            "  host: a.example\nmil",
            "allowed: start.exactonline.nl",
        ),
        ("id: acme", "id: !!python/name:os.system", "is a tag, and tags are not allowed"),
        ("id: acme", "id: [acme", "no YAML"),
        ("id: acme", "id: acme\x07", "no YAML"),
        ("id: acme", "---\nid: acme\n---\n", "no YAML: but found another document"),
    ],
)
def test_a_mistake_is_reported_with_its_line_and_with_what_is_allowed(
    old: str, new: str, message: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read("acme.yaml", SMALLEST.replace(old, new, 1))

    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("entity", "minutes", "message"),
    [
        ("items", 5, "15 or a multiple of 15"),
        ("items", 20, "15 or a multiple of 15"),
        ("items", 1455, "up to 1440"),
        ("projects", 15, "240 or a multiple of 240"),
        ("projects", 300, "240 or a multiple of 240"),
    ],
)
def test_an_interval_only_lengthens_in_steps_of_its_schedule(
    entity: str, minutes: int, message: str
) -> None:
    text = f"{SMALLEST}entities:\n  {entity}:\n    interval_minutes: {minutes}\n"

    with pytest.raises(ConfigurationError) as raised:
        read("acme.yaml", text)

    (line,) = raised.value.lines()
    assert line.startswith(f"acme.yaml:14: entities.{entity}.interval_minutes: '{minutes}'")
    assert message in line


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = SMALLEST.replace("acme", "A", 1).replace("70", "a b") + "colour: blue\n"

    with pytest.raises(ConfigurationError) as raised:
        read("acme.yaml", text)

    assert [issue.field for issue in raised.value.issues] == [
        "id",
        "invoices.sales_journal",
        "colour",
    ]


@pytest.mark.parametrize(
    "text", ["", "- acme", "acme", "a: &a [*a]", "[" * 5000, "x" * 100_001, "a: {b: {c: {d: e}}}"]
)
def test_what_is_no_configuration_at_all_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        read("acme.yaml", text)


def test_a_text_block_brings_no_line_end_into_an_id() -> None:
    with pytest.raises(ConfigurationError, match="id"):
        read("acme.yaml", SMALLEST.replace("id: acme", "id: |\n  acme", 1))


@given(st.text(max_size=300))
def test_any_text_in_a_file_is_reported_as_mistakes_and_never_crashes(text: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read("acme.yaml", text)

    assert raised.value.lines()


@given(connections)
def test_a_written_file_holds_plain_yaml_only(connection: Connection) -> None:
    assert yaml.safe_load(as_yaml(connection)) == as_document(connection)
