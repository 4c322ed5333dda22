"""The replies of a model, kept by the digest of the question: what was asked once is not asked again."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, folder


class Answers(Struct, frozen=True):
    """`.cache/answers/` in the suggestions folder; `rootdir` is the project's."""

    directory: Path
    rootdir: Path

    def get(self, name: str) -> bytes | None:
        """What was kept by that name, None when nothing was, or it cannot be read."""
        try:
            return disk.read(self._folder / _file(name))
        except StoreError:
            return None

    def put(self, name: str, content: bytes) -> None:
        """Keep it.

        Raises:
            StoreError: It cannot be written.
        """
        folder.prepare(self.directory, self.rootdir)
        folder.make_inside(self.directory, ".cache", "answers")
        disk.write(self._folder / _file(name), content)

    @property
    def _folder(self) -> Path:
        return self.directory / ".cache" / "answers"


def _file(name: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", name):
        raise StoreError(f"{name[:80]!r} cannot be the name of a reply")
    return f"{name}.json"
