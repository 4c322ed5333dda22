"""The replies of a model, kept by the digest of the question: what was asked once is not asked again."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, folder

_NAME = re.compile(r"[0-9a-f]{64}")


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

    def names(self) -> tuple[str, ...]:
        """Of all that is kept, in order."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.json") if _NAME.fullmatch(path.stem)))

    @property
    def _folder(self) -> Path:
        return self.directory / ".cache" / "answers"


def _file(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise StoreError(f"{name[:80]!r} cannot be the name of a reply")
    return f"{name}.json"
