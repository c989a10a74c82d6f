"""What a first load would do, as the page *Eerste keer* shows it before an approval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from koppeling.portal.moments import spoken
from koppeling.portal.page import PageRequest
from koppeling.portal.paging import asked_page
from koppeling.pull.approval import Approval, Approvals, Stage
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import DONE, EntityPreview, KeptPreviews, digest_of_all
from koppeling.pull.preview_rows import ROWS_TOGETHER, PreviewRow, Section
from koppeling.pull.preview_words import PreviewWords


@dataclass(frozen=True, slots=True)
class PreviewList:
    """The rows of one entity and section that stand on the page, and which page it is."""

    entity: str
    section: Section
    rows: Sequence[PreviewRow]
    count: int
    at: int
    pages: int


@dataclass(frozen=True, slots=True)
class PreviewSeen:
    """The preview of a connection. `step` is what comes next, `digest` what can be approved."""

    step: str
    previews: Sequence[EntityPreview]
    seen_at: str
    digest: str
    words: PreviewWords
    listed: PreviewList | None
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """Reads the preview of a connection, as the page shows it."""

    previews: KeptPreviews
    approvals: Approvals

    def of(self, request: PageRequest) -> PreviewSeen:
        """Return what stands on the page."""
        connection, kept = request.connection, self.previews.of(request.connection.id)
        wanted = [each for each in ENTITIES if connection.setting(each).enabled]
        found = [kept[each] for each in wanted if each in kept]
        is_whole = len(found) == len(wanted) and all(each.outcome == DONE for each in found)
        given = self.approvals.get(connection.id)
        last = max((each.at for each in found), default=None)
        return PreviewSeen(
            _step(len(found), len(wanted), given, is_whole=is_whole),
            found,
            spoken(last, request.now, request.language),
            digest_of_all(found) if is_whole else "",
            PreviewWords(request.language),
            self._listed(request, found),
            given,
        )

    def _listed(self, request: PageRequest, found: Sequence[EntityPreview]) -> PreviewList | None:
        """Return the list that was asked for, or else the first of what is overwritten."""
        wanted = _wanted(request.query, found)
        if wanted is None:
            return None
        preview, section = wanted
        count = rows_of(preview, section)
        pages = max(1, -(-count // ROWS_TOGETHER))
        at = min(max(asked_page(request), 1), pages)
        rows = self.previews.rows(request.connection.id, preview, section, at - 1)
        return PreviewList(preview.entity, section, rows, count, at, pages)


def rows_of(preview: EntityPreview, section: Section) -> int:
    """Return how many rows a section of a preview has."""
    if section is Section.TOLD:
        return sum(preview.why.values())
    return preview.counts.get(section.value, 0)


def _wanted(
    query: Mapping[str, str], found: Sequence[EntityPreview]
) -> tuple[EntityPreview, Section] | None:
    asked = [each for each in found if each.entity == query.get("entity")]
    section = query.get("section", "")
    if asked and section in set(Section):
        return asked[0], Section(section)
    for each in Section:
        for preview in found:
            if rows_of(preview, each):
                return preview, each
    return None


def _step(found: int, wanted: int, given: Approval | None, *, is_whole: bool) -> str:
    """Return what comes next for a connection that is not started."""
    if given is not None and given.stage is Stage.ASKED:
        return "comparing"
    if found == 0:
        return "not-started"
    if found < wanted:
        return "previewing"
    if not is_whole:
        return "not-whole"
    return "lapsed" if given is not None and given.stage is Stage.LAPSED else "to-approve"
