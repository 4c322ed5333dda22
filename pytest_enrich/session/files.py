"""The test files of a run, as they are now: tests go into these, and people may write in them meanwhile."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pytest_enrich import patch
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store


class TestFiles:
    """Reads them; all paths are relative to `rootdir`."""

    __test__ = False  # pytest collects classes by this name

    def __init__(self, rootdir: Path) -> None:
        self._rootdir = rootdir

    def text(self, path: str) -> str | None:
        """What is in the file, None when it is not there.

        Raises:
            RefusedError: It is there, and not in the encoding that it says.
        """
        try:
            return patch.decode((self._rootdir / path).read_bytes(), path)
        except OSError:
            return None

    def readable(self, path: str) -> str:
        """What is in the file, "" when it is not there or cannot be decoded."""
        try:
            return self.text(path) or ""
        except RefusedError:
            return ""

    def combined(self, store: Store) -> str:
        """The patch of all suggestions that wait, without those whose files cannot be decoded."""
        pending = store.pending() if store.exists() else ()
        texts: dict[str, str | None] = {}
        for path in sorted({one.target.path for one in pending}):
            with contextlib.suppress(RefusedError):
                texts[path] = self.text(path)
        left = [one for one in pending if one.target.path in texts]
        return patch.combine(left, texts) if left else ""
