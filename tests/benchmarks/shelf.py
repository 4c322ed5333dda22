"""What was measured of one project, an arm a file: an interruption loses the arm that was under way, no more."""

from __future__ import annotations

from pathlib import Path

import msgspec
from arms import Arm
from measured import Branch
from msgspec import Struct
from results import pretty


class Shelf(Struct, frozen=True):
    """The folder of one project in a run."""

    place: Path

    def begun(self) -> frozenset[Branch] | None:
        """The branches that all arms begin without; None when the suite that they begin with is not ready."""
        file = self.place / "missing.json"
        return msgspec.json.decode(file.read_bytes(), type=frozenset[Branch]) if file.exists() else None

    def begin(self, missing: frozenset[Branch]) -> None:
        """The suite is ready, and misses these."""
        (self.place / "missing.json").write_bytes(pretty(sorted(missing)))

    def read(self, arm: str) -> Arm | None:
        """What an arm came to; None when it did not come to its end."""
        file = self._file(arm)
        return msgspec.json.decode(file.read_bytes(), type=Arm) if file.exists() else None

    def write(self, arm: str, one: Arm) -> None:
        """Keep what an arm came to."""
        file = self._file(arm)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(pretty(one))

    def _file(self, arm: str) -> Path:
        return self.place / "arms" / f"{arm.replace(',', '-').replace(' ', '-')}.json"
