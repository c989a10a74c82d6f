"""`koppeling export --files`: the files themselves, all of them or an error (S13)."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from koppeling.aws.bucket_objects import PIECE
from koppeling.bootstrap.aws import S3_TIMEOUTS
from koppeling.cli.exits import Exit
from koppeling.cli.tasks.handover import write_archive
from koppeling.core.ids import ConnectionId
from tests.unit.cli.conftest import Office

ID, OTHER = ConnectionId("veldhuis-advies-01"), ConnectionId("veldhuis-advies-012")
FILES = {
    ("inbox", f"{ID}/1.json"): b'{"number": "1"}',
    ("inbox", f"{ID}/1.pdf"): b"%PDF-1",
    ("inbox", f"{ID}/../odd/{'x' * 300}.pdf"): b"odd",
    ("evidence", f"{ID}/2026%2F1/0001.json"): b'{"kind": "answer"}',
}


@contextmanager
def struck(office: Office, event: str, strike: Callable[..., None]) -> Iterator[None]:
    """Let something go wrong with calls of the kept client of S3."""
    events = office.stack.wiring.aws.client("s3", S3_TIMEOUTS).meta.events
    events.register(event, strike)
    try:
        yield
    finally:
        events.unregister(event, strike)


def refuse(**_: object) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")


def leave(parsed: dict[str, object], **_: object) -> None:
    parsed["Errors"] = [{"Key": f"{ID}/1.json", "Code": "AccessDenied", "Message": "no"}]


def fill(office: Office) -> None:
    for (bucket, key), body in FILES.items():
        office.aws["s3"].put_object(Bucket=bucket, Key=key, Body=body)
    for bucket in ("inbox", "evidence"):
        office.aws["s3"].put_object(Bucket=bucket, Key=f"{OTHER}/1.json", Body=b"of another")


def test_every_file_of_one_connection_is_in_the_archive_under_its_key(
    office: Office, tmp_path: Path
) -> None:
    office.connect()
    fill(office)
    archive = tmp_path / "all.zip"

    result = office.run("export", ID, "--files", str(archive))

    assert result.exit_code == Exit.OK
    with zipfile.ZipFile(archive) as opened:
        held = {entry.filename: opened.read(entry) for entry in opened.infolist()}
    assert held == {f"{bucket}/{key}": body for (bucket, key), body in FILES.items()}
    assert "3 of inbox, 1 of evidence" in result.stderr
    assert list(tmp_path.iterdir()) == [archive]


def test_the_lines_name_the_files_of_both_buckets(office: Office) -> None:
    office.connect()
    fill(office)

    lines = [json.loads(line) for line in office.run("export", ID).stdout.splitlines()]

    named = {(line["kind"], line["key"]) for line in lines if "size" in line}
    assert named == set(FILES)


def test_a_file_that_cannot_be_read_leaves_no_archive_that_looks_complete(
    office: Office, tmp_path: Path
) -> None:
    office.connect()
    fill(office)
    archive = tmp_path / "all.zip"
    archive.write_bytes(b"of last week")

    with struck(office, "before-parameter-build.s3.GetObject", refuse):
        result = office.run("export", ID, "--files", str(archive))

    assert result.exit_code == Exit.UNREACHABLE
    assert archive.read_bytes() == b"of last week"


def test_a_large_file_is_never_in_memory_as_a_whole(office: Office, tmp_path: Path) -> None:
    office.connect()
    office.aws["s3"].put_object(Bucket="inbox", Key=f"{ID}/1.pdf", Body=bytes(24 * PIECE))
    pieces = [len(piece) for piece in office.stack.inbox_objects.pieces(f"{ID}/1.pdf")]

    handed = write_archive(office.stack, ID, tmp_path / "all.zip")

    assert handed.size == sum(pieces) == 24 * PIECE
    assert max(pieces) <= PIECE


def test_an_erasure_that_s3_did_not_carry_out_is_an_error(office: Office) -> None:
    """S3 answers well and names what it left; that must not become a certificate."""
    fill(office)

    with (
        struck(office, "after-call.s3.DeleteObjects", leave),
        pytest.raises(ClientError, match="1 objects are left"),
    ):
        office.stack.inbox.clear(ID)
