"""How large a built layer is, zipped and unzipped: both have a budget (P13)."""

import io
import zipfile
from pathlib import Path

MEGABYTE = 1_000_000


def unzipped_size(folder: Path) -> int:
    """Return how many bytes the files of a folder hold."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def zipped_size(folder: Path) -> int:
    """Return how many bytes the folder's zip would have, packed as SAM packs it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return target.tell()
