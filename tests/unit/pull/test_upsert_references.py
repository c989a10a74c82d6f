"""L15 to L17: references of a change, and the part of a record that waits for one."""

from dataclasses import replace

from koppeling.core.connection import EntitySetting
from koppeling.pull.link_values import Reference, fingerprint
from koppeling.pull.upsert import UpsertOutcome
from tests.unit.pull.customer_changes import (
    LINKED,
    NEW,
    OF_NEW,
    VALUES,
    VAT,
    a_ground,
    change,
    problem_of,
    write,
)


def test_a_part_of_a_customer_that_somebody_removed_is_written_with_all_the_rest() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "77", CustomerCode="2000")
    held = change(LINKED, {"VatCodeId": None}, whole=False)
    part = replace(held, mapped=replace(held.mapped, values=VALUES | {"VatCodeId": None}))
    outcome = write(ground, part)
    assert (outcome.outcome, outcome.parked) == (UpsertOutcome.CREATED, None)
    assert ground.milestones.row("accounts", "101") == {**OF_NEW, **VALUES, "VatCodeId": None}
    assert outcome.record.fingerprint == fingerprint(VALUES | {"VatCodeId": None})


def test_a_record_that_is_left_in_exact_has_no_reference_that_waits() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "30", CustomerCode="1000")
    left = change(values=VALUES | {"VatCodeId": VAT})
    left = replace(left, mapped=replace(left.mapped, importable=False))
    outcome = write(ground, left)
    assert (outcome.outcome, outcome.parked, outcome.problem) == (UpsertOutcome.LEFT, None, None)


def test_a_reference_that_waits_for_a_record_that_is_left_waits_no_more() -> None:
    ground = a_ground()  # as an earlier release parked it
    ground.milestones.put("accounts", "30", CustomerCode="1000")
    left = change(NEW, {"VatCodeId": VAT}, whole=False)
    left = replace(left, mapped=replace(left.mapped, importable=False))
    outcome = write(ground, left)
    assert (outcome.outcome, outcome.parked, outcome.problem) == (UpsertOutcome.LEFT, None, None)


def test_an_empty_reference_empties_its_field() -> None:
    ground = a_ground()
    write(ground, change(values=VALUES | {"VatCodeId": Reference("vat_codes", None)}))
    assert ground.milestones.row("accounts", "100")["VatCodeId"] is None


def test_a_reference_that_is_there_is_written_by_its_key() -> None:
    ground = a_ground()
    ground.milestones.put("vat_codes", "5", CustomerCode="2")
    outcome = write(ground, change(values=VALUES | {"VatCodeId": VAT}))
    assert ground.milestones.row("accounts", "100")["VatCodeId"] == "5"
    assert outcome.parked is None


def test_without_an_optional_reference_the_rest_is_written_and_that_field_alone_waits() -> None:
    ground = a_ground()
    ground.milestones.put("accounts", "31", **VALUES | {"Name": "Old", "VatCodeId": "4"})
    whole = VALUES | {"VatCodeId": VAT}
    outcome = write(ground, change(LINKED, whole))
    assert ground.milestones.row("accounts", "31") == VALUES | {"VatCodeId": "4"}
    assert (outcome.outcome, outcome.record.fingerprint) == (
        UpsertOutcome.CHANGED,
        fingerprint(whole),
    )
    assert outcome.parked is not None
    assert (outcome.parked.values, outcome.parked.is_complete) == ({"VatCodeId": VAT}, False)
    assert outcome.parked.waits_for == ("vat_codes/2",)
    assert (outcome.parked.code, outcome.parked.attempts) == ("reference-missing", 1)
    assert problem_of(outcome)[1:] == (
        "reference-missing",
        {"entity": "account", "code": "1068", "field": "VatCodeId", "value": "2"},
    )


def test_a_reference_that_arrived_is_laid_over_and_leaves_the_fingerprint_of_the_whole() -> None:
    ground = a_ground()
    ground.milestones.put("vat_codes", "5", CustomerCode="2")
    ground.milestones.put("accounts", "31", **VALUES)
    outcome = write(ground, change(LINKED, {"VatCodeId": VAT}, whole=False))
    assert ground.milestones.row("accounts", "31")["VatCodeId"] == "5"
    assert (outcome.record, outcome.parked) == (LINKED, None)


def test_without_a_required_reference_nothing_is_written_and_the_whole_record_waits() -> None:
    ground = a_ground()
    required = Reference("accounts", "2000", required=True)
    outcome = write(ground, change(values=VALUES | {"CustomerCompanyId": required}))
    assert (outcome.outcome, ground.milestones.rows) == (UpsertOutcome.PARKED, {})
    assert problem_of(outcome)[1:] == (
        "customer-not-synced",
        {"entity": "account", "code": "1068", "debtor": "2000"},
    )
    assert outcome.parked is not None
    assert outcome.parked.is_complete


def test_a_reference_to_an_entity_that_is_switched_off_is_left_as_it_is() -> None:
    ground = a_ground()
    off = EntitySetting(enabled=False)
    outcome = write(ground, change(values=VALUES | {"VatCodeId": VAT}), vat_codes=off)
    assert "VatCodeId" not in ground.milestones.row("accounts", "100")
    assert outcome.parked is None
    assert ground.milestones.calls == ["find 1068", "create", "find 1068"]
