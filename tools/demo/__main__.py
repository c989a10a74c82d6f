"""`make demo`: records come in, invoices go out, on the real template; every claim is read back.

It ends with exit code 0 only when what it shows was found in both sandboxes.
"""

import os
import sys
import time
from dataclasses import replace
from datetime import timedelta

from rich.console import Console

from koppeling.core import catalogue
from koppeling.core.clock import now
from koppeling.core.problems import Problem
from koppeling.pull.entities.registry import ENTITIES
from tools.demo.first_load import seen_and_approved
from tools.demo.invoices import (
    a_refused_invoice,
    an_answer_is_lost,
    columns,
    it_is_found_again,
    once_more,
    push,
    reconciled,
    totals,
)
from tools.demo.stage import CONNECTION, Pulled, Stage, Unmet
from tools.paths import STATE
from tools.stack.connect import connect
from tools.stack.stack import local_stack

# A minute takes 60 calls to Exact: two looks and the first ticks fit in one
CUSTOMERS = int(os.environ.get("CUSTOMERS", "600"))
# The order of a first load (L12), by the names of the template
PULLS = {name: "".join(word.title() for word in name.split("_")) for name in ENTITIES}


def first_ticks(stage: Stage) -> None:
    """Let all seven entities come in."""
    stage.part(2, f"first ticks: all seven entities come in, {CUSTOMERS:,} customers among them")
    wanted = {account["Code"] for account in stage.exact.importable_accounts()}
    table = columns("entity", "read>", "created>", "changed>", "refused>", "calls>", "seconds>")
    for name, entity in PULLS.items():
        if name == "accounts":
            pulled = stage.tick(
                entity, lambda: len(wanted & stage.customers().keys()), len(wanted), "customers"
            )
        else:
            pulled = stage.tick(entity)
        table.add_row(name, *_figures(pulled), f"{pulled.seconds:.1f}")
    stage.console.print(table)
    stage.demand(wanted <= stage.customers().keys(), "every customer of Exact came in")


def changed_customers(stage: Stage) -> None:
    """Let only link fields be written."""
    stage.part(3, "three customers change in Exact, one of them in a field that is no link")
    codes = [account["Code"] for account in stage.exact.importable_accounts()[5:8]]
    stage.exact.change_account(codes[0], Phone="010-1234567")
    stage.exact.change_account(codes[1], Name="Nieuwe Naam & Zonen B.V.")
    stage.exact.change_account(codes[2], SearchCode="ANDERS")
    stage.clear()
    stage.tick("Accounts")
    linked, written = 2, stage.writes("PUT")
    stage.demand(written == linked, f"{linked} records are written, and {written} were")
    stage.demand(
        stage.customers()[codes[0]]["VisitAddressPhoneNumber"] == "010-1234567"
        and stage.customers()[codes[1]]["Name"] == "Nieuwe Naam & Zonen B.V.",
        "the new values stand in QicsMilestones",
    )
    stage.say(f"two written, {stage.calls()} calls (the last rows are asked for once more)")
    stage.clear()
    stage.tick("Accounts")
    stage.demand(stage.writes("PUT", "POST") == 0, "a tick without changes writes nothing")
    stage.say(f"then a tick without changes: {stage.calls()} calls, nothing written")


def an_employee_without_a_number(stage: Stage) -> None:
    """Show a problem in plain Dutch, and that it closes itself."""
    stage.part(4, "an employee whose code is no number is a problem until it is mended in Exact")
    code = "employee-number-not-numeric"
    (problem,) = [each for each in _problems(stage) if each.code == code]
    stage.say(f"[italic]{catalogue.text(code, 'nl', problem.values)}[/italic]")
    stage.exact.change("employees", problem.values["code"], Code="17")
    stage.tick("Employees")
    stage.demand(code not in {each.code for each in _problems(stage)}, "the problem is closed")
    numbers = {str(row["EmployeeNumber"]) for row in stage.milestones.records("EmployeeCompany")}
    stage.demand("17" in numbers, "the employee came in under the new number")
    stage.say(
        "the code becomes 17 in Exact: the next tick brings the employee, the problem is gone"
    )


def a_moved_division(stage: Stage) -> None:
    """Survive that Exact issues every Timestamp anew."""
    stage.part(5, "Exact moves the administration to another database: every Timestamp is new")
    stage.exact.move_division()
    _let_a_day_pass(stage)
    before = stage.customers()
    stage.clear()
    pulled = stage.tick("Accounts")
    stage.demand(pulled.counts["read"] > CUSTOMERS, "everything is read once more")
    stage.demand(stage.writes("PUT", "POST") == 0, "not one record is written")
    stage.demand(stage.customers() == before, "QicsMilestones holds what it held")
    stage.say(f"the next morning {pulled.counts['read']:,} rows are read anew, none is written")


def _let_a_day_pass(stage: Stage) -> None:
    """Set back by a day what the pulls noted of today: the emulator has no clock to move."""
    states, host = stage.wiring.stores.pull_stores.states, "start.exactonline.nl"
    state = states.acquire(CONNECTION, "accounts", now(), timedelta(seconds=60))
    stage.demand(state is not None, "no pull is at work")
    if state is not None:
        states.release(CONNECTION, "accounts", replace(state, division_checked_on=None))
    connection = stage.wiring.stores.connections.get(CONNECTION)
    if connection is not None:
        facts = stage.wiring.stores.divisions.get(host, connection.division)
        if facts is not None:
            yesterday = replace(facts, looked_at=facts.looked_at - timedelta(days=1))
            stage.wiring.stores.divisions.save(host, connection.division, yesterday)


def _problems(stage: Stage) -> list[Problem]:
    return list(stage.wiring.stores.problems.opened(CONNECTION))


def _figures(pulled: Pulled) -> list[str]:
    names = ("read", "created", "changed", "parked", "calls")
    return [f"{pulled.counts[name]:,}" for name in names]


def main() -> int:
    """Have a stack for as long as the story takes; returns the exit code."""
    began = time.monotonic()
    # The table of entries wants this much, also where the output is no terminal.
    console = Console(width=max(Console().width, 110))
    console.print("[bold]Exact Online and QicsMilestones, linked on a local stack[/bold]\n")
    with local_stack(STATE / "demo", accounts=CUSTOMERS, say=console.print) as stack:
        console.print("connecting the administration")
        connect(stack, started=False)
        console.print(f"ready after {time.monotonic() - began:.0f} s")
        stage = Stage(stack, console)
        try:
            for part in (
                seen_and_approved,
                first_ticks,
                changed_customers,
                an_employee_without_a_number,
            ):
                part(stage)
            a_moved_division(stage)
            files = [*push(stage)]
            once_more(stage, files[0])
            files.append(an_answer_is_lost(stage))
            files.append(a_refused_invoice(stage))
            it_is_found_again(stage)
            reconciled(stage)
            totals(stage, files)
        except Unmet as unmet:
            console.print(f"\n[bold red]not so:[/bold red] {unmet}")
            for function in (
                *(f"Pull{name}Function" for name in PULLS.values()),
                "PushSalesEntriesFunction",
            ):
                console.print("\n".join(stack.log_lines(function)[-20:]), markup=False)
            return 1
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    console.print(f"\n[bold green]all of it was read back[/bold green] in {minutes}:{seconds:02d}")
    console.print("next: `make up` keeps such a stack running, `make invoke` runs one function,")
    console.print("      README.md tells how to deploy to AWS")
    return 0


if __name__ == "__main__":
    sys.exit(main())
