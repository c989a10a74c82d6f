"""L20 to L26 for any field."""

from hypothesis import given
from hypothesis import strategies as st

from koppeling.pull.entities.emails import LONGEST, addresses
from koppeling.pull.link_values import LinkValue
from tests.unit.pull.builders import an_account, mapped

PARTS = st.sampled_from(["a@x.nl", "A@X.nl", "b@y.nl", "fout", "c@", "@d.nl", "e@f", "g@h@i.nl"])
SEPARATORS = st.sampled_from([";", ",", " ", "\r\n", " ; ", ";;"])
FIELDS = st.lists(st.tuples(PARTS, SEPARATORS), max_size=8).map(
    lambda pairs: "".join(part + separator for part, separator in pairs)
)


@given(st.one_of(FIELDS, st.text(st.characters())))
def test_every_valid_address_has_one_at_no_space_a_domain_with_a_dot_and_fits(field: str) -> None:
    for address in addresses(field).valid:
        name, host = address.split("@")
        assert name
        assert "." in host.strip(".")
        assert address.split() == [address]
        assert len(address) <= LONGEST


@given(FIELDS)
def test_every_part_is_kept_once_in_its_order_whatever_its_case(field: str) -> None:
    found = addresses(field)
    parts = field.replace(";", " ").replace(",", " ").split()
    lowered = [part.lower() for part in parts]
    first = [part for n, part in enumerate(parts) if part.lower() not in lowered[:n]]
    assert sorted([*found.valid, *found.invalid]) == sorted(first)
    assert list(found.valid) == [part for part in first if part in found.valid]


@given(FIELDS)
def test_the_receiver_and_the_copy_together_are_all_valid_addresses(field: str) -> None:
    found = addresses(field)
    joined = ";".join(part for part in (found.first, found.others) if part)
    assert joined == ";".join(found.valid)
    assert addresses(joined) == addresses(";".join(found.valid))


@given(FIELDS, FIELDS)
def test_the_receiver_is_never_emptied_and_only_a_copy_of_ours_is(before: str, after: str) -> None:
    first = dict(mapped(an_account(Email=before)).values)
    second = mapped(an_account(Email=after), written=first).values
    emptied = {name for name, value in second.items() if value is None}
    assert not emptied & {"EmailAddressTo", "VisitAddressEmailAddress"}
    assert "EmailAddressCc" not in emptied or "EmailAddressCc" in first


@given(st.lists(FIELDS, min_size=1, max_size=6))
def test_mapping_the_same_account_again_gives_the_same_values(fields: list[str]) -> None:
    written: dict[str, LinkValue] = {}
    for field in fields:
        values = mapped(an_account(Email=field), written=written).values
        written |= values
        again = dict(mapped(an_account(Email=field), written=written).values)
        if values.get("EmailAddressCc", "") is None:
            # What the link emptied is of people again (L24)
            again["EmailAddressCc"] = None
        assert again == values
