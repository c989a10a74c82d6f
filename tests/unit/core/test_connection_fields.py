"""What a connection chose for new records survives being kept as JSON, also by older releases."""

import json
from dataclasses import asdict, replace

import pytest

from koppeling.core.connection import Connection, EmployeeNumber
from tests.unit.pull.builders import a_connection


def test_a_connection_is_the_same_after_its_choices_were_kept_as_json() -> None:
    chosen = a_connection(project_types=(1, 3), employee_number=EmployeeNumber.HID)
    names = ("project_types", "employee_number", "norm_hours_per_week", "time_item_type")
    kept = json.loads(json.dumps({name: asdict(chosen)[name] for name in names}))
    again: Connection = replace(chosen, **kept)
    assert again == chosen
    assert again.employee_number is EmployeeNumber.HID
    assert again.project_types == (1, 3)


def test_a_connection_that_chose_nothing_has_a_default_for_every_new_record() -> None:
    usual = a_connection()
    assert usual.employee_number is EmployeeNumber.CODE
    assert usual.project_types == (2, 3, 4, 5)
    assert (usual.time_item_type, usual.other_item_type) == ("Time", "Article")
    assert usual.norm_hours_per_week == "40"


def test_a_number_of_employees_that_is_no_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="badge"):
        a_connection(employee_number="badge")
