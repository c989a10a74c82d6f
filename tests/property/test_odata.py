"""X52, X67, DF6, DF21, DF22 for any text and any moment."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.ids import Division
from koppeling.exact import odata
from tests.sandbox.exact_online.fields import Property
from tests.sandbox.exact_online.filters import read_filter

ANY = st.text()
HOST = "https://start.exactonline.nl"
OURS = Division(987654)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
TIMES = st.integers(min_value=0, max_value=86_399_999)


def sent_and_read(field: str, literal: str) -> str:
    """Return a $filter as a server reads it from the URL that requests sends."""
    query = odata.query([field], odata.equals(field, literal))
    url = requests.Request("GET", f"{HOST}/api/v1/987654/crm/Accounts?{query}").prepare().url
    return parse_qs(urlsplit(str(url)).query, strict_parsing=True)["$filter"][0]


def finds(where: str, field: str, value: str) -> bool:
    """Say whether Exact's own rules find a row by this filter."""
    properties = {field: Property(field, "Edm.String", writable=False, mandatory=False)}
    return read_filter(where, properties).matches({field: value})


@given(ANY)
def test_any_text_comes_back_out_of_an_eq_filter_as_it_went_in(value: str) -> None:
    where = sent_and_read("Name", odata.text(value))
    literal = where.removeprefix("Name eq ")
    assert literal[0] == literal[-1] == "'"
    assert literal[1:-1].replace("''", "'") == value
    assert "'" not in literal[1:-1].replace("''", "")


@given(ANY, ANY)
def test_a_filter_finds_the_text_it_was_made_for_and_no_other(value: str, other: str) -> None:
    where = sent_and_read("Name", odata.text(value))
    assert finds(where, "Name", value)
    assert finds(where, "Name", other) == (value == other)


@given(
    st.sampled_from(["' or 1 eq 1", "'%27", "O'Brien & Zn", "%27 or Name ne %27", "a' eq 'a", "''"])
)
def test_no_text_becomes_a_part_of_the_filter(value: str) -> None:
    where = sent_and_read("Name", odata.text(value))
    assert finds(where, "Name", value)
    assert not finds(where, "Name", "somebody else")


@given(st.text("0123456789ABC", min_size=1, max_size=18))
def test_any_account_code_is_18_wide_and_is_itself_again_when_trimmed(code: str) -> None:
    padded = odata.account_code(code)
    assert (len(padded), padded.strip()) == (18, code)


@given(DAYS, TIMES)
def test_a_wall_clock_in_an_answer_is_its_day_whatever_its_time(day: date, time: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    written = (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) + time
    assert odata.row_of({"EndDate": f"/Date({written})/"}) == {"EndDate": day.isoformat()}


@given(
    st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]),
    st.integers(min_value=0, max_value=24 * 60 - 1),
)
def test_no_change_of_the_clock_moves_a_day(day: date, minute: int) -> None:
    wall = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    read = odata.row_of({"StartDate": f"/Date({int(wall.timestamp()) * 1000})/"})["StartDate"]
    assert read == day.isoformat()


@given(st.lists(st.sampled_from(["..", "%2e%2e", "crm", "987655", ".", "%2E.", ""]), max_size=6))
def test_a_link_that_is_followed_stays_in_our_division_as_it_is_sent(parts: list[str]) -> None:
    link = f"{HOST}/api/v1/987654/" + "/".join(parts)
    if odata.is_own_link(link, HOST, OURS):
        sent = str(requests.Request("GET", link).prepare().url)
        assert unquote(urlsplit(sent).path).startswith("/api/v1/987654/")
        assert ".." not in unquote(sent)
