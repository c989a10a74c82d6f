"""Wires the pages of the bookkeeper: each screen and each button with what it reads and does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from koppeling.bootstrap.comparisons import AskedEntries, AskedMonths
from koppeling.bootstrap.completeness import missing_numbers
from koppeling.bootstrap.hand_pulls import hand_pulls
from koppeling.bootstrap.previews import approving
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.portal import menu
from koppeling.portal.actions.connecting import Connecting
from koppeling.portal.actions.deciding import Decide
from koppeling.portal.actions.doubles import ChooseDouble
from koppeling.portal.actions.linking import LinkEntry
from koppeling.portal.actions.numbers import ExcuseNumbers
from koppeling.portal.actions.offering import OfferAgain
from koppeling.portal.actions.own_mails import OwnMails
from koppeling.portal.actions.pausing import Pausing
from koppeling.portal.actions.pulling import PullNow
from koppeling.portal.actions.starting import Starting
from koppeling.portal.page import Action, Screen
from koppeling.portal.screens.connection import ConnectionScreen
from koppeling.portal.screens.data import DataScreen
from koppeling.portal.screens.first_load import FirstLoadScreen
from koppeling.portal.screens.invoice import InvoiceScreen
from koppeling.portal.screens.invoices import InvoicesScreen
from koppeling.portal.screens.log import LogScreen
from koppeling.portal.screens.month import MonthScreen
from koppeling.portal.screens.overview import CallsOfConnection, CallUse, OverviewScreen, calls_of
from koppeling.portal.screens.preview import PreviewPart
from koppeling.portal.screens.todo import TodoScreen
from koppeling.portal.waiting import waiting_for_people
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.offering import RecordOffers
from koppeling.pull.rounds import Rounds
from koppeling.push.deciding import DecisionSender
from koppeling.push.offering import InvoiceOffers

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def screens(wiring: "Wiring") -> Mapping[str, Screen]:
    """Return every screen by its path below the address of a connection."""
    stores = wiring.stores
    rounds = _rounds(wiring)
    calls = _calls(wiring)
    overview = OverviewScreen(stores.problems, rounds, stores.invoice_list, calls, stores.log)
    return {
        menu.OVERVIEW: overview.show,
        menu.TODO: TodoScreen(stores.problems, stores.outbox).show,
        menu.INVOICES: InvoicesScreen(stores.invoice_list, stores.problems).show,
        menu.INVOICE: InvoiceScreen(
            stores.outbox,
            stores.problems,
            _invoice_offers(wiring),
            wiring.evidence,
            _entries(wiring),
        ).show,
        menu.MONTH: _month(wiring).show,
        menu.DATA: DataScreen(stores.problems, rounds, stores.log, calls).show,
        menu.LOG: LogScreen(stores.log).show,
        menu.CONNECTION: ConnectionScreen(
            stores.problems, stores.preferences, wiring.mails.addresses
        ).show,
        menu.FIRST_LOAD: FirstLoadScreen(
            rounds, stores.pulls, _preview(wiring), stores.doubles.of
        ).show,
    }


def actions(wiring: "Wiring") -> Mapping[str, Action]:
    """Return what every button does for people who may decide, by its path below `do/`."""
    stores, pulls = wiring.stores, hand_pulls(wiring)
    invoices = (stores.outbox, stores.problems, wiring.inbox, wiring.sales_entry_queue, wiring.now)
    records = RecordOffers(stores.retries, wiring.now)
    offer = OfferAgain(
        stores.problems, _invoice_offers(wiring), records, pulls, stores.log, wiring.now
    )
    linking = LinkEntry(stores.outbox, DecisionSender(*invoices), _entries(wiring))
    decide, pull = Decide(DecisionSender(*invoices)), PullNow(pulls, stores.log, stores.problems)
    pausing = Pausing(stores.connections, stores.log)
    starting = Starting(pulls, approving(wiring))
    return {
        "reconnect": Connecting(partial(_login_link, wiring), stores.log).reconnect,
        "offer": offer,
        "agree": decide.agree,
        "skip": decide.skip,
        "not-an-invoice": ExcuseNumbers(missing_numbers(wiring)).excuse,
        "compare-entry": linking.compare,
        "link": linking.link,
        "compare-month": _month(wiring).compare,
        "pull": pull.catch_up,
        "compare": pull.compare,
        "agree-list": pull.agree_with_list,
        "preview": starting.preview,
        "approve": starting.approve,
        "choose-double": ChooseDouble(
            stores.doubles, stores.retries, stores.records, stores.log, wiring.now
        ).choose,
        "pause": pausing.pause,
        "resume": pausing.resume,
    }


def own_actions(wiring: "Wiring") -> Mapping[str, Action]:
    """Return the buttons that everybody may press: they change only what one chose for oneself."""
    stores = wiring.stores
    mails = OwnMails(stores.preferences, stores.allowances, wiring.round_queue)
    return {"choose-mails": mails.choose, "trial-mail": mails.try_out}


def waiting(wiring: "Wiring") -> Callable[[ConnectionId], int]:
    """Return what counts the number beside *Te doen*."""
    problems = wiring.stores.problems
    return lambda connection: waiting_for_people(problems.opened(connection), wiring.now())


def _invoice_offers(wiring: "Wiring") -> InvoiceOffers:
    stores = wiring.stores
    return InvoiceOffers(
        stores.outbox, stores.problems, wiring.inbox, wiring.sales_entry_queue, wiring.now
    )


def _month(wiring: "Wiring") -> MonthScreen:
    stores = wiring.stores
    asked = AskedMonths(stores.months, wiring.round_queue, stores.presses)
    return MonthScreen(stores.invoice_list, stores.problems, asked, missing_numbers(wiring))


def _entries(wiring: "Wiring") -> AskedEntries:
    return AskedEntries(wiring.stores.compared_entries, wiring.round_queue, wiring.stores.presses)


def _login_link(wiring: "Wiring", connection: ConnectionId, providers: tuple[str, ...]) -> str:
    """Make a login link; the secret that signs it is read for the first one."""
    return wiring.login_links.link(connection, providers)


def _preview(wiring: "Wiring") -> PreviewPart:
    stores = wiring.stores
    return PreviewPart(stores.previews, stores.approvals)


def _rounds(wiring: "Wiring") -> Rounds:
    stores = wiring.stores
    spread = wiring.settings.spread_seconds
    return Rounds(ENTITIES, stores.ticks, stores.pulls, spread, wiring.now)


def _calls(wiring: "Wiring") -> CallsOfConnection:
    def calls(connection: Connection, /) -> CallUse:
        budget = wiring.stores.budgets.get(connection.exact_host, connection.division)
        return calls_of(budget, wiring.now())

    return calls
