"""Kept previews and approvals in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from koppeling.core.ids import ConnectionId, MilestonesId
from koppeling.pull.approval import Approval, Stage
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import EntityPreview
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.preview_rows import PreviewRow, Section, digest_of, unpacked


@dataclass(slots=True)
class FakePreviews:
    """The previews of one connection, by entity and moment."""

    kept: dict[str, EntityPreview] = field(default_factory=dict)
    plans: dict[tuple[str, datetime], PreviewPlan] = field(default_factory=dict)

    def save(self, connection: ConnectionId, found: EntityPreview, plan: PreviewPlan) -> None:
        del connection
        self.kept[found.entity] = found
        self.plans[found.entity, found.at] = plan

    def of(self, connection: ConnectionId) -> Mapping[str, EntityPreview]:
        del connection
        return self.kept

    def rows(
        self, connection: ConnectionId, found: EntityPreview, section: Section, page: int
    ) -> list[PreviewRow]:
        del connection
        blocks = list(self.plans[found.entity, found.at].sections[section].blocks())
        return unpacked(blocks[page])

    def codes(self, connection: ConnectionId, found: EntityPreview) -> frozenset[str]:
        del connection, found
        return frozenset()

    def marks(self, connection: ConnectionId, found: EntityPreview) -> frozenset[bytes]:
        del connection
        return frozenset(self.plans[found.entity, found.at].marks)

    def look(self, at: datetime, *overwritten: str, outcome: str = "done") -> None:
        """Look at everything: these customers would be overwritten, and one is new."""
        for entity in ENTITIES:
            plan = PreviewPlan()
            if entity == "accounts":
                plan.add_created("9001", "Nieuw B.V.", {})
                for code in overwritten:
                    row = PreviewRow(
                        code, "Oud B.V.", {"Name": ("Oud", "Nieuw"), "IsActive": (True, False)}
                    )
                    plan.add_changed(MilestonesId(code), row)
            counts = {
                "new": len(plan.changes) - len(plan.marks),
                "overwritten": len(plan.marks),
                "same": 3,
            }
            marks = digest_of(plan.marks)
            found = EntityPreview(entity, at, outcome, counts, dict(plan.why), marks)
            self.save(ConnectionId("any"), found, plan)


@dataclass(slots=True)
class FakeApprovals:
    """The last approval."""

    last: Approval | None = None

    def get(self, connection: ConnectionId) -> Approval | None:
        del connection
        return self.last

    def save(self, connection: ConnectionId, approval: Approval) -> None:
        del connection
        self.last = approval

    def end(self, connection: ConnectionId, approval: Approval) -> bool:
        del connection
        is_asked = self.last is not None and self.last.stage is Stage.ASKED
        self.last = approval if is_asked else self.last
        return is_asked
