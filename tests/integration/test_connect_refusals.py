"""Logins that must not be stored, and what the page says of each (S4, X29, X31, X89, M13)."""

from collections.abc import Iterator

import pytest

from koppeling.auth.token_keys import keys_of
from tests.environment import Environment, environment
from tests.integration.browser import REFUSE, Browser
from tests.integration.test_connect import invited, link, token_calls
from tests.sandbox.common.company import HOLDING
from tests.sandbox.common.faults import Fault

AGAIN = "Opnieuw proberen"


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=4) as built:
        yield built


def leaving(h: Environment, *providers: str) -> Browser:
    browser = invited(h, *(providers or ("exact",)))
    browser.press()
    return browser


def stored(h: Environment) -> tuple[str, ...]:
    """Return the pairs of both chains, to see that nothing was written."""
    pairs = (h.wiring.stores.tokens.get(key) for key in keys_of(h.connection))
    return tuple("" if pair is None else pair.refresh_token for pair in pairs)


def code(h: Environment) -> str:
    return h.exact.authorise(h.connection.exact_user, "https://koppeling.example/callback")


# ---------------------------------------------------------------- state and session


def test_a_state_works_once(h: Environment) -> None:
    browser = leaving(h)
    state = browser.state
    browser.log_in()
    before, calls = stored(h), token_calls(h)

    browser.back(state=state, code=code(h))

    assert (browser.status, browser.title) == (400, "Exact Online is verbonden")
    assert "nog een keer geopend" in browser.text
    assert (stored(h), token_calls(h)) == (before, calls)


def test_a_state_that_took_longer_than_ten_minutes_is_too_old_and_may_be_tried_again(
    h: Environment,
) -> None:
    browser = leaving(h)
    h.clock.advance(600)
    browser.back(state=browser.state, code=code(h))
    assert (browser.status, token_calls(h)) == (400, 0)

    browser.press()
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"


@pytest.mark.parametrize("query", [{}, {"state": ""}, {"state": "invented"}])
def test_a_state_that_is_missing_or_none_of_ours_exchanges_nothing(
    h: Environment, query: dict[str, str]
) -> None:
    browser = leaving(h)
    browser.back(**query, code=code(h))

    assert (browser.status, browser.title) == (400, "Deze inlog herkennen we niet")
    assert token_calls(h) == 0


def test_a_state_in_another_browser_exchanges_nothing_and_is_spent(h: Environment) -> None:
    mine, theirs = leaving(h), Browser(h)
    theirs.back(state=mine.state, code=code(h))
    assert (theirs.status, theirs.title) == (403, "Je bent in een andere browser begonnen")

    mine.back(state=mine.state, code=code(h))
    assert (mine.status, token_calls(h)) == (400, 0)


def test_a_state_of_another_session_of_the_same_connection_exchanges_nothing(
    h: Environment,
) -> None:
    mine, attacker = leaving(h), leaving(h)
    mine.back(state=attacker.state, code=code(h))

    assert (mine.status, mine.title) == (403, "Je bent in een andere browser begonnen")
    assert token_calls(h) == 0


def test_a_code_of_one_provider_under_the_state_of_the_other_opens_nothing(h: Environment) -> None:
    browser = leaving(h, "milestones")
    before = stored(h)
    browser.back(state=browser.state, code=code(h))

    assert (browser.status, browser.title) == (
        403,
        "Verbinden met QicsMilestones is niet gelukt",
    )
    assert stored(h) == before


# ---------------------------------------------------------------- what the provider says


@pytest.mark.parametrize(
    ("provider", "words"),
    [("exact", "laat alle vinkjes aan staan"), ("milestones", "De toestemming is niet gegeven")],
)
def test_who_cancels_reads_what_to_do_and_may_try_again(
    h: Environment, provider: str, words: str
) -> None:
    browser = leaving(h, provider)
    browser.walk(h.connection.exact_user, button=REFUSE[provider])
    assert (browser.status, token_calls(h)) == (403, 0)
    assert words in browser.text
    assert browser.has_button

    browser.press()
    browser.log_in()
    assert browser.title.endswith("is verbonden")


def test_an_expired_code_is_explained_and_may_be_tried_again(h: Environment) -> None:  # X9
    browser = leaving(h)
    before = stored(h)
    browser.walk(h.connection.exact_user, meanwhile=lambda: h.clock.advance(181))

    assert (browser.status, browser.title) == (403, "Verbinden met Exact Online is niet gelukt")
    assert "langer dan drie minuten" in browser.text
    assert stored(h) == before


@pytest.mark.parametrize("kind", ["token-answer-lost", "token-empty", "token-gateway"])
def test_a_token_endpoint_that_does_not_answer_is_explained_and_may_be_tried_again(
    h: Environment, kind: str
) -> None:
    h.exact.faults.arm(Fault(kind))
    browser = leaving(h)
    browser.log_in()
    assert (browser.status, browser.title) == (
        503,
        "Exact Online geeft op dit moment geen antwoord",
    )
    assert AGAIN in browser.text

    browser.press()
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"


def test_wrong_credentials_of_our_own_are_shown_without_details(h: Environment) -> None:
    h.wiring.clients.apps.credentials("exact")
    h.exact.authority.app = type(h.exact.authority.app)(client_secret="changed")
    browser = leaving(h)
    browser.log_in()

    assert (browser.status, browser.title) == (500, "Er ging bij ons iets mis")
    assert "a-request" in browser.text
    assert "misconfigured" not in browser.text


# ---------------------------------------------------------------- who came, and to which books


def test_another_user_reads_who_was_expected_and_who_came(h: Environment) -> None:
    browser = leaving(h)
    before = stored(h)
    browser.log_in("administratie@veldhuis.example")

    assert (browser.status, browser.title) == (
        403,
        "Je bent ingelogd met een andere gebruiker",
    )
    assert "koppeling@veldhuis.example" in browser.text
    assert "administratie@veldhuis.example" in browser.text
    assert stored(h) == before


def test_the_agreed_user_is_known_however_the_name_is_typed(h: Environment) -> None:
    h.change(exact_user="  Koppeling@VELDHUIS.example ")
    browser = leaving(h)
    browser.log_in("koppeling@veldhuis.example")

    assert browser.title == "Exact Online is verbonden"


def test_a_mijnkantoor_user_is_refused(h: Environment) -> None:  # X161
    h.change(exact_user="mijnkantoor@veldhuis.example")
    browser = leaving(h)
    browser.log_in()

    assert browser.status == 403
    assert browser.title == "Met een MijnKantoor-gebruiker kan de koppeling niets boeken"


@pytest.mark.parametrize("user", ["koppeling@veldhuis.example", "gast@elders.example"])
def test_an_administration_that_the_user_does_not_have_is_refused(
    h: Environment, user: str
) -> None:
    h.change(exact_user=user, division=HOLDING.division)
    browser = leaving(h)
    browser.log_in()

    assert browser.status == 403
    assert browser.title.endswith(f"({HOLDING.division}) is niet bereikbaar")


def test_an_administration_that_was_not_ticked_is_not_reached(h: Environment) -> None:  # X31
    h.change(exact_user="directie@veldhuis.example")
    browser = leaving(h)
    browser.log_in(leave_out=(str(h.connection.division),))

    assert "(987654) is niet bereikbaar" in browser.title


def test_the_administration_that_the_user_opened_last_does_not_matter(h: Environment) -> None:  # X3
    h.change(exact_user="directie@veldhuis.example")
    h.exact.switches.current_division = HOLDING.division
    browser = leaving(h)
    browser.log_in(leave_out=(str(HOLDING.division),))

    assert browser.title == "Exact Online is verbonden"


def test_the_right_number_under_another_name_is_refused(h: Environment) -> None:
    h.change(administration_name="Veldhuis Beheer B.V.")
    browser = leaving(h)
    before = stored(h)
    browser.log_in()
    assert (browser.status, browser.title) == (403, "De naam van de administratie klopt niet")
    assert "Veldhuis Beheer B.V." in browser.text
    assert "Veldhuis Advies B.V." in browser.text
    assert stored(h) != before  # X18: this consent ended the chain that was there

    h.change(administration_name="  veldhuis advies b.v. ")
    browser.press()
    browser.log_in()
    assert browser.title == "Exact Online is verbonden"


@pytest.mark.parametrize("name", ["Veldhuis  Advies  B.V. ", "veldhuis\tadvies b.v.\x0b"])
def test_a_name_is_compared_without_its_spaces_as_the_check_does(h: Environment, name: str) -> None:
    h.exact.set_division(Description=name)
    browser = leaving(h)
    browser.log_in()

    assert browser.title == "Exact Online is verbonden"


@pytest.mark.parametrize("change", [{"Status": 2}, {"BlockingStatus": 1}])
def test_an_administration_that_is_closed_is_refused(
    h: Environment, change: dict[str, int]
) -> None:
    h.exact.set_division(**change)
    browser = leaving(h)
    browser.log_in()

    assert browser.status == 403
    assert "is tijdelijk of blijvend gesloten" in browser.title


def test_a_user_of_qicsmilestones_without_rights_is_refused(h: Environment) -> None:  # M13
    browser = leaving(h, "milestones")
    before = stored(h)
    browser.log_in("leeg@veldhuis.example")
    assert browser.status == 403
    assert browser.title == "De gebruiker heeft te weinig rechten in QicsMilestones"
    assert "zien we bedrijven niet" in browser.text
    assert stored(h) == before

    browser.press()
    browser.log_in()
    assert browser.title == "QicsMilestones is verbonden"


def test_a_company_that_is_not_there_is_refused(h: Environment) -> None:
    h.change(company_id="99")
    browser = leaving(h, "milestones")
    browser.log_in()

    assert browser.status == 403


def test_sessions_and_states_are_stored_as_hashes_only(h: Environment) -> None:
    browser = leaving(h)
    secret = {browser.state, *browser.cookies.values()}
    secret.add(link(h).partition("ticket=")[2])
    kept = [str(item.attribute_values) for item in h.wiring.aws.sync_items.scan()]

    assert len(kept) > 3
    assert [text for text in kept for each in secret if each in text] == []
