"""What a benchmark finds, a file a project: what is there already is not measured again."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Generic, TypeVar

import command
import msgspec
from msgspec import Struct


class Outcome(Struct, frozen=True, kw_only=True):
    """What a benchmark found on one project; `error` says why there is nothing more."""

    name: str
    error: str = ""


T = TypeVar("T", bound=Outcome)


class Results(Struct, Generic[T], frozen=True):
    """What one benchmark found: `PLACE/NAME/WHAT.json` for each project."""

    place: Path
    what: str
    kind: type[T]

    def read(self, name: str) -> T | None:
        """What was found, None when nothing was looked for or it failed."""
        file = self._file(name)
        return msgspec.json.decode(file.read_bytes(), type=self.kind) if file.exists() else None

    def write(self, one: T) -> None:
        """Keep it; a failure is not kept, so that it is tried again."""
        if not one.error:
            file = self._file(one.name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pretty(one))

    def measure(
        self, names: Sequence[str], action: Callable[[str], T], told: Callable[[T], str], given: Namespace
    ) -> list[T]:
        """Measure each project that is not yet; one that fails is told, and the others go on.

        Args:
            names: Of projects.
            action: Measures one.
            told: Says what came of it, in a line.
            given: `again` measures all of them anew, `at_once` is how many at the same time.

        Returns:
            In the order of the names, those of earlier calls included.
        """

        def one(name: str) -> T:
            known = None if given.again else self.read(name)
            found = known or self._try(name, action)
            command.say(f"{name}: {found.error or told(found)}{' (measured before)' if known else ''}")
            return found

        with ThreadPoolExecutor(max_workers=given.at_once) as pool:
            return list(pool.map(one, names))

    def keep(
        self, names: Iterable[str], found: Iterable[T], table: Callable[[Sequence[T]], str], about: str
    ) -> str:
        """Write `WHAT.md` and `WHAT.json`, with what was found now and earlier; returns the table of now."""
        now = {one.name: one for one in found}
        every = [one for one in (now.get(name) or self.read(name) for name in names) if one is not None]
        (self.place / f"{self.what}.json").write_bytes(pretty(every))
        (self.place / f"{self.what}.md").write_text(f"{about}\n\n{table(every)}\n", encoding="utf-8")
        return f"{about}\n\n{table(list(now.values()))}\n\nKept in {self.place}"

    def _try(self, name: str, action: Callable[[str], T]) -> T:
        self._file(name).unlink(missing_ok=True)
        try:
            found = action(name)
        except (command.CommandError, OSError, msgspec.MsgspecError) as error:
            return self.kind(name=name, error=str(error) or type(error).__name__)
        self.write(found)
        return found

    def _file(self, name: str) -> Path:
        return self.place / name / f"{self.what}.json"


def pretty(value: object) -> bytes:
    """JSON for readers."""
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"
