"""Logboek: who did what, and when; also what the link did by itself."""

from dataclasses import dataclass

from koppeling.core import rendering
from koppeling.core.clock import AMSTERDAM
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.problems import number_in
from koppeling.portal.csv_file import csv_file
from koppeling.portal.log_texts import sentence_of, who_of
from koppeling.portal.moments import spoken
from koppeling.portal.page import Answer, Download, PageRequest, PortalPage

PER_PAGE = 50
# A file holds the newest lines, as many as an answer may be large and a person waits for
LINES_OF_FILE, LINES_A_READ = 2000, 500


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as a page shows it."""

    at: str
    who: str
    said: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class LogScreen:
    """Shows the log, newest first, all of it or one kind."""

    log: Log

    def show(self, request: PageRequest) -> Answer:
        """Return a page of the log, or the newest lines as a file."""
        kind = _kind(request.query.get("kind", ""))
        if request.query.get("file") == "csv":
            return self._file(request, kind)
        page = self.log.page(
            request.connection.id,
            kind=kind,
            older_than=request.query.get("older", ""),
            limit=PER_PAGE,
        )
        values = {
            "lines": [_line(request, entry) for entry in page.entries],
            "kinds": list(LogKind),
            "kind": kind,
            "older": page.older,
            "is_first": not request.query.get("older"),
        }
        return PortalPage("log", values)

    def _file(self, request: PageRequest, kind: LogKind | None) -> Download:
        entries: list[LogEntry] = []
        older = ""
        while len(entries) < LINES_OF_FILE:
            page = self.log.page(
                request.connection.id, kind=kind, older_than=older, limit=LINES_A_READ
            )
            entries += page.entries
            older = page.older
            if not older:
                break
        texts = rendering.load("portal/log", request.language)
        language = request.language
        rows = [
            (
                entry.at.astimezone(AMSTERDAM).date(),
                entry.at.astimezone(AMSTERDAM).strftime("%H:%M"),
                texts["kind"][entry.kind],
                who_of(entry, language),
                sentence_of(entry, language),
            )
            for entry in entries
        ]
        return csv_file(texts["file"]["name"], texts["file"]["columns"], rows)


def _line(request: PageRequest, entry: LogEntry) -> LogLine:
    language = request.language
    return LogLine(
        spoken(entry.at, request.now, language),
        who_of(entry, language),
        sentence_of(entry, language),
        entry.kind,
        number_in(entry.subject) or "",
    )


def _kind(text: str) -> LogKind | None:
    """Return the kind in the address; what is none shows all of them."""
    return LogKind(text) if text in set(LogKind) else None
