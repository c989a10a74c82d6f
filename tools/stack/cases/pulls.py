"""The effects of pulls."""

from uuid import uuid4

from tools.stack.cases.workplace import SECONDS, Effect, Json, Workplace
from tools.stack.processes import eventually


def _new() -> str:
    """Return a number that no run before this one used."""
    return f"{uuid4().int % 10**6:06}"


def entity_came(entity: str, at: Workplace, _event: Json) -> Effect:
    """Everything of Exact stands in QicsMilestones."""
    states, connection = at.wiring.stores.pull_stores.states, at.connection.id

    def came(told: Json) -> bool:
        loaded = told["outcome"] == "done" and states.peek(connection, entity).is_loaded
        return loaded and at.exact_codes(entity) <= at.milestones_codes(entity)

    return came


def vat_code_queued(at: Workplace, _event: Json) -> Effect:
    """The deployed function works on the message of the tick."""
    code, name = min(at.exact_codes("vat_codes")), f"Btw {_new()}"
    at.exact.change("vat_codes", code, Description=name)
    return lambda told: (
        told["counts"]["queued"] == 1
        and eventually(lambda: any(name in row.values() for row in at.rows("vat_codes")), SECONDS)
    )


def _changed_customer(at: Workplace) -> tuple[str, str]:
    """Let a customer have a new telephone number in Exact; returns its code and the number."""
    code = str(at.exact.importable_accounts()[0]["Code"])
    phone = f"0570-{_new()}"
    at.exact.change_account(code, Phone=phone)
    return code, phone


def customer_changes(at: Workplace, _event: Json) -> Effect:
    """What changed in Exact stands in QicsMilestones."""
    code, phone = _changed_customer(at)

    def carried(told: Json) -> bool:
        handled = told.get("outcome") == "done" or told.get("batchItemFailures") == []
        return handled and at.phone(code) == phone

    return carried


def customer_queued(at: Workplace, _event: Json) -> Effect:
    """The deployed function works on the message of the tick."""
    code, phone = _changed_customer(at)
    return lambda told: (
        told["counts"]["queued"] == 1 and eventually(lambda: at.phone(code) == phone, SECONDS)
    )


def all_compared(at: Workplace, event: Json) -> Effect:
    """Also what did not change is read."""
    carried = customer_changes(at, event)
    states, connection = at.wiring.stores.pull_stores.states, at.connection.id
    before = states.peek(connection, "accounts").compared_on

    def compared(told: Json) -> bool:
        return carried(told) and states.peek(connection, "accounts").compared_on != before

    return compared


def customer_foretold(at: Workplace, _event: Json) -> Effect:
    """The change is shown, and nothing is written."""
    code, phone = _changed_customer(at)

    def foretold(told: Json) -> bool:
        done, changes = told["summary"]["outcome"] == "done", told["changes"]
        return done and any(code in str(one) for one in changes) and at.phone(code) != phone

    return foretold


def undo_foretold(at: Workplace, _event: Json) -> Effect:
    """What the first load wrote is shown, and nothing is taken back."""
    before = at.rows("accounts")
    return lambda told: (
        told["outcome"] == "done" and bool(told["lines"]) and at.rows("accounts") == before
    )
