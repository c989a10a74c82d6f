"""A configuration file in which aliases multiply is refused, as fast as it is read."""

import pytest

from koppeling.cli.configuration.reading import read
from koppeling.cli.configuration.yaml_file import ConfigurationError
from tests.unit.cli.test_configuration import SMALLEST


def laughs(levels: int) -> str:
    """Return a list that is ten times as long on every line."""
    lines = [f"a0: &a0 [{', '.join('x' * 10)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (laughs(12), 5),
        ("a: &a [*a]\n", 1),
        ("b: 1\na: &a {b: {c: *a}}\n", 2),
        (SMALLEST + "warning_mails: &mails [*mails]\n", 12),
    ],
)
def test_aliases_that_multiply_are_refused_by_the_line_on_which_they_do(
    text: str, line: int
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read("acme.yaml", text)

    assert raised.value.lines() == [
        f"acme.yaml:{line}: an alias such as *name stands for too much here; write its value out"
    ]


def test_an_alias_that_stands_for_one_value_is_that_value() -> None:
    text = SMALLEST.replace("sales_journal: 70", "sales_journal: &one 70").replace("1300", "*one")

    assert read("acme.yaml", text).debtor_gl_account == "70"
