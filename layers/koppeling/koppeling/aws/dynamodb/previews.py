"""Previews of first loads with their rows, for two weeks, and the approvals of them."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, epoch, find
from koppeling.core.ids import ConnectionId
from koppeling.pull.approval import Approval, Stage
from koppeling.pull.kept_preview import KEPT, EntityPreview
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.preview_rows import MARK_BYTES, PreviewRow, Section, unpacked

PREVIEW, ROWS, APPROVAL = "PREVIEW#", "PREVIEWROWS#", "APPROVAL"
# Of 8 bytes each, as text: 250 KB of the 400 that an item may have
MARKS_TOGETHER = 20_000
_MARKS, _CODES = "marks", "codes"
# Of a few characters each, compressed
CODES_TOGETHER = 10_000

_PREVIEW, _APPROVAL = Codec(EntityPreview), Codec(Approval)


class PreviewStore(SyncStore):
    """Keeps the last preview of each entity.

    Its rows lie under the moment at which it was made. So whoever reads pages never sees those of
    two previews mixed, and an approval can be held against the rows that were approved.
    """

    def save(self, connection: ConnectionId, found: EntityPreview, plan: PreviewPlan) -> None:
        """Write the rows first: a preview that is found is complete."""
        ends = epoch(found.at + KEPT)
        with self._items.batch_write() as batch:
            for name, number, text in _texts(plan):
                sort_key = _row_key(found, name, number)
                data = {"text": text}
                batch.save(
                    self._items(connection_key(connection), sort_key, data=data, expires_at=ends)
                )
        data = _PREVIEW.encode(found)
        sort_key = f"{PREVIEW}{found.entity}"
        self._items(connection_key(connection), sort_key, data=data, expires_at=ends).save()

    def of(self, connection: ConnectionId) -> dict[str, EntityPreview]:
        """Return the last preview of each entity, from one read; one that is over is none."""
        found = (
            _PREVIEW.decode(item.data)
            for item in self._query(connection, PREVIEW, consistent_read=True)
        )
        return {each.entity: each for each in found if each.at + KEPT > self._now()}

    def rows(
        self, connection: ConnectionId, found: EntityPreview, section: Section, page: int
    ) -> list[PreviewRow]:
        item = find(self._items, connection_key(connection), _row_key(found, section, page))
        return [] if item is None else unpacked(b64decode(item.data["text"]))

    def every_row(
        self, connection: ConnectionId, found: EntityPreview, section: Section
    ) -> Iterator[PreviewRow]:
        """Yield all rows of a section, for a file."""
        for text in self._all(connection, found, section):
            yield from unpacked(text)

    def codes(self, connection: ConnectionId, found: EntityPreview) -> frozenset[str]:
        return frozenset(row.code for row in self.every_row(connection, found, Section.NEW))

    def known_codes(self, connection: ConnectionId, entity: str) -> frozenset[str]:
        """Return the codes that QicsMilestones would know after a load of an entity."""
        found = self.of(connection).get(entity)
        texts = [] if found is None else self._all(connection, found, _CODES)
        return frozenset(code for text in texts for code in json.loads(zlib.decompress(text)))

    def marks(self, connection: ConnectionId, found: EntityPreview) -> frozenset[bytes]:
        texts = self._all(connection, found, _MARKS)
        return frozenset(
            bytes(mark) for text in texts for mark in batched(text, MARK_BYTES, strict=True)
        )

    def _all(self, connection: ConnectionId, found: EntityPreview, name: str) -> Iterator[bytes]:
        prefix = f"{ROWS}{found.entity}#{found.generation}#{name}#"
        for item in self._query(connection, prefix, consistent_read=True):
            yield b64decode(item.data["text"])


class ApprovalStore(SyncStore):
    """Keeps the last approval of each connection."""

    def get(self, connection: ConnectionId) -> Approval | None:
        item = find(self._items, connection_key(connection), APPROVAL, consistent_read=True)
        return None if item is None else _APPROVAL.decode(item.data)

    def save(self, connection: ConnectionId, approval: Approval) -> None:
        self._item(connection, approval).save()

    def end(self, connection: ConnectionId, approval: Approval) -> bool:
        """Write how it ended, if it is still the approval that was asked for."""
        item = self._item(connection, approval)
        is_asked = (self._items.state == Stage.ASKED.value) & (
            self._items.version == _version(approval.at)
        )
        actions = [self._items.data.set(item.data), self._items.state.set(approval.stage.value)]
        return self._update(item, actions, is_asked)

    def _item(self, connection: ConnectionId, approval: Approval) -> SyncItem:
        return self._items(
            connection_key(connection),
            APPROVAL,
            data=_APPROVAL.encode(approval),
            state=approval.stage.value,
            version=_version(approval.at),
        )


def _version(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _row_key(found: EntityPreview, name: str, number: int) -> str:
    return f"{ROWS}{found.entity}#{found.generation}#{name}#{number:05d}"


def _texts(plan: PreviewPlan) -> Iterator[tuple[str, int, str]]:
    """Yield what is kept: for each block its section, its number, and its bytes as text."""
    for section, rows in plan.sections.items():
        for number, block in enumerate(rows.blocks()):
            yield section, number, b64encode(block).decode()
    marks: Iterable[tuple[bytes, ...]] = batched(sorted(plan.marks), MARKS_TOGETHER, strict=False)
    codes = batched(plan.codes, CODES_TOGETHER, strict=False)
    for number, together in enumerate(codes):
        packed = zlib.compress(json.dumps(together).encode(errors="surrogatepass"))
        yield _CODES, number, b64encode(packed).decode()
    for number, some in enumerate(marks):
        yield _MARKS, number, b64encode(b"".join(some)).decode()
