"""Carries out one API call that has passed the gate: reads a page, a row, or writes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from flask import Response

from tests.sandbox.common.faults import Faults
from tests.sandbox.exact_online import answers
from tests.sandbox.exact_online.body import read_body
from tests.sandbox.exact_online.calls import Incoming, Target
from tests.sandbox.exact_online.documents import keep_attachment, keep_document
from tests.sandbox.exact_online.entries import book_entry
from tests.sandbox.exact_online.errors import BareError, RefusedError
from tests.sandbox.exact_online.faults import DroppedError
from tests.sandbox.exact_online.filters import Predicate
from tests.sandbox.exact_online.literals import read_literal
from tests.sandbox.exact_online.me import mark_current, me_row
from tests.sandbox.exact_online.query import Query, read_query
from tests.sandbox.exact_online.reading import Reader
from tests.sandbox.exact_online.registry import COLLECTIONS, Resource
from tests.sandbox.exact_online.rights import user_has_rights
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.users import User
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.webhooks import PATH as SUBSCRIPTIONS
from tests.sandbox.exact_online.webhooks import Webhooks, keep_subscription
from tests.sandbox.exact_online.world import World

LARGEST_POST = 10_000_000  # X41
LARGEST_UPLOAD = 14_000_000  # X41: base64 adds a third to the file, which is what counts

type Writer = Callable[[World, Switches, dict[str, Resource], dict[str, object]], Row]

WRITERS: dict[str, Writer] = {
    "salesentry/SalesEntries": book_entry,
    "documents/Documents": keep_document,
    "documents/DocumentAttachments": keep_attachment,
}


@dataclass(frozen=True, slots=True)
class Service:
    """What stands behind the endpoints."""

    world: World
    others: Mapping[int, World]
    registry: dict[str, Resource]
    switches: Switches
    faults: Faults
    webhooks: Webhooks

    def carry_out(self, call: Incoming, target: Target, user: User) -> Response:
        """Answer a call of a user who may make it.

        Raises:
            RefusedError: the call is wrong.
        """
        resource = target.resource
        if target.endpoint == "users/UserHasRights" and self.switches.user_has_rights:
            return self._tell_rights(call, user)
        if resource is None:
            raise BareError(404)
        if resource.path == "current/Me":
            self.world.put("Me", me_row(self.world, self.switches, user))
        if resource.endpoint.table == "Divisions":
            mark_current(self.world, self.switches)
        root = f"{call.base_url}/api/v1" + (f"/{target.division}" if target.division else "")
        world = self.others.get(target.division, self.world)
        reader = Reader(world, self.registry, self.switches, root)
        if call.method == "POST":
            return self._write(call, resource, reader, user)
        if call.method != "GET":
            raise BareError(405, {"Allow": "GET"})  # X122, X129: nothing is changed or deleted
        shown = self._shown(resource, user)
        if target.key:
            return answers.data(self._by_key(call, target, resource, reader, shown))
        query = read_query(call.query, resource)
        return answers.data(reader.page(resource, _narrowed(query, shown)))

    def _tell_rights(self, call: Incoming, user: User) -> Response:
        """X33: a check at set-up."""
        if call.method != "GET":
            raise BareError(405, {"Allow": "GET"})
        return answers.data(user_has_rights(call.query, self.registry, user))

    def _shown(self, resource: Resource, user: User) -> Predicate:
        """Return which rows a user sees: himself, and the divisions that he may use (X31).

        X104: there are three lists of divisions; only system/AllDivisions holds those of others.
        """
        if resource.path == "current/Me":
            return lambda row: row["UserID"] == user.id
        if resource.path in ("system/Divisions", "hrm/Divisions"):
            return lambda row: row["Code"] in {*user.divisions, *self.world.shown}
        return lambda _: True

    def _by_key(
        self,
        call: Incoming,
        target: Target,
        resource: Resource,
        reader: Reader,
        shown: Predicate,
    ) -> dict[str, object]:
        about = resource.fields.properties[resource.fields.key]
        key = read_literal(target.key, about.type)
        table = reader.world.tables[resource.endpoint.table]
        row = next((row for row in table if row.get(about.name) == key and shown(row)), None)
        if row is None:
            raise BareError(404)
        if not target.collection:
            return reader.single(resource, row, call.query)
        collection = COLLECTIONS.get((resource.path, target.collection))
        if collection is None:
            raise BareError(404)
        child = self.registry[collection.resource]
        query = read_query(call.query, child)
        return reader.page(child, _narrowed(query, lambda item: item[collection.parent] == key))

    def _write(self, call: Incoming, resource: Resource, reader: Reader, user: User) -> Response:
        """Create what the link may create, and answer 201 (X121, X131).

        X165: nothing is remembered for a caller, so the same body twice is two rows.
        """
        if not resource.endpoint.posts:
            raise BareError(405, {"Allow": "GET"})
        if not call.content_type.startswith("application/json"):
            raise BareError(415)  # X4
        is_upload = resource.path == "documents/DocumentAttachments"
        if len(call.body) > (LARGEST_UPLOAD if is_upload else LARGEST_POST):
            raise BareError(413)
        body = read_body(call.body)
        portal = user.is_portal or self.switches.firm_portal_user  # X161
        switches = replace(self.switches, firm_portal_user=portal)

        def write() -> Row:
            return self._writers[resource.path](reader.world, switches, self.registry, body)

        self._maybe_later(resource, write)
        row = write()
        if "return=representation" in call.prefer:
            return answers.data(reader.single(resource, row, ""), 201)
        return answers.data(reader.only_key(resource, row), 201)

    @property
    def _writers(self) -> dict[str, Writer]:
        return WRITERS | {SUBSCRIPTIONS: partial(keep_subscription, self.webhooks)}

    def _maybe_later(self, resource: Resource, write: Callable[[], Row]) -> None:
        """Put the write off when the fault for that is armed (X190)."""
        fault = self.faults.strike("late-commit", "POST", resource.path)
        if fault is None:
            return

        def commit() -> None:
            try:
                write()
            except RefusedError:
                return  # nobody waits for the answer any more

        self.world.later(float(fault.options.get("seconds", 60)), commit)
        raise DroppedError("late-commit")


def _narrowed(query: Query, shown: Predicate) -> Query:
    """Return a query that finds only what is shown."""
    found = query.filter
    both = replace(found, matches=lambda row: shown(row) and found.matches(row))
    return replace(query, filter=both)
