"""What Hypothesis has found out about characters, which takes a process seconds where it has no such files.

The project's folder is hostile: no link is followed out of it, and nothing else is taken along, examples least of
all.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"
STORAGE = "hypothesis"
"""In a job's own directory."""
LARGEST = 1 << 20


def bring(place: Path, environ: Mapping[str, str]) -> None:
    """Copy what the user's runs have found into a job's own directory; what cannot be read is left."""
    source = Path(environ.get(VARIABLE) or ".hypothesis").resolve()
    for file in _files(source):
        copy = place / STORAGE / file.relative_to(source)
        with contextlib.suppress(OSError):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


def _files(storage: Path) -> Iterator[Path]:
    """One for each encoding, in a folder for each version of Unicode."""
    for file in storage.glob("unicode_data/*/*.json.gz"):
        if os.path.realpath(file) == str(file) and file.is_file() and file.stat().st_size <= LARGEST:
            yield file
