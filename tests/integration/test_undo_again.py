"""What comes between a load and its undo, or is left for a second one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from koppeling.core.connection import Connection
from koppeling.core.errors import Reject
from koppeling.core.ids import ConnectionId, MilestonesId
from koppeling.pull.journal import Keep
from koppeling.pull.undo import MakeWriter
from koppeling.pull.undo_record import UndoneAs
from tests.integration.test_undo import start, told
from tests.integration.undoing import PLENTY, but_for_created, house, tables, undo


def test_a_run_that_was_about_to_begin_while_all_was_undone_loads_nothing() -> None:
    with house() as built:
        built.pull_all()
        connections = built.wiring.stores.connections
        before_the_stop = connections.get(built.connection.id)
        answers = iter([before_the_stop])

        class Read:
            """Answers once as the run read it, before the undo."""

            def get(self, connection: ConnectionId) -> Connection | None:
                return next(answers, None) or connections.get(connection)

        undo(built)
        undone = tables(built)

        late = replace(built.pulls(), connections=cast("Any", Read()))

        assert late.run(built.connection.id, PLENTY).outcome == "not-started"
        assert tables(built) == undone
        start(built)
        assert built.pull().outcome == "done"


def test_old_values_that_were_refused_come_back_by_a_later_undo() -> None:
    with house() as built:
        before = tables(built)
        built.pull_all()
        key = built.customer("1068")["CustomerCompanyId"]
        make = built.wiring.undo.milestones

        class Refusing:
            """QicsMilestones, which does not take one customer back."""

            def __init__(self, connection: Connection) -> None:
                self.client = make(connection)

            def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the client has
                return getattr(self.client, name)

            def replace(
                self,
                entity: str,
                record: MilestonesId,
                values: Mapping[str, Any],
                *,
                keep: Keep | None = None,
            ) -> Mapping[str, tuple[Any, Any]]:
                if (entity, record) == ("accounts", key):
                    raise Reject("milestones-rejected")
                return self.client.replace(entity, record, values, keep=keep)

        refusing = replace(built.wiring.undo, milestones=cast("MakeWriter", Refusing))

        assert refusing.run(built.connection.id, PLENTY).outcome == "done"

        assert {line.code for line in told(built, UndoneAs.REFUSED)} >= {"1068"}
        assert tables(built)["CustomerCompany"][key] != before["CustomerCompany"][key]
        undo(built)
        assert but_for_created(before, tables(built)) == before
        assert told(built, UndoneAs.REFUSED) == []
