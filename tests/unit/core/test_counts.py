"""Numbers and values of customers in texts for people."""

from koppeling.core.catalogue import is_ours_to_mend
from koppeling.core.exact_errors import _parts
from koppeling.core.letter import quoted
from koppeling.core.rendering import count


def test_thousands_stand_apart_as_each_language_writes_them() -> None:
    assert (count(12_345_678, "nl"), count(12_345_678, "en")) == ("12.345.678", "12,345,678")
    assert count(999, "nl") == "999"


def test_a_value_of_a_customer_marks_no_words_of_a_mail() -> None:
    assert quoted(" *De\nVries* & Zn. ") == "De Vries & Zn."
    assert quoted("\u200b") == ""


def test_only_a_mistake_of_ours_is_ours_to_mend() -> None:
    assert is_ours_to_mend("record-failed")
    assert not is_ours_to_mend("journal-unknown")
    assert not is_ours_to_mend("a-code-of-tomorrow")


def test_a_pattern_is_split_outside_its_groups_only() -> None:
    assert _parts(r"one (two|three)|four \(x\)", "|") == ["one (two|three)", r"four \(x\)"]
