"""What all ways of trying a mutant share: the tests, the time left, the forks, restoring the folders."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from os import lstat, mkdir, readlink, rmdir, scandir, symlink, unlink
from os.path import realpath
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import pytest

from .. import confine, fork, guard, invocation
from . import tests
from .corpus import Corpus
from .swap import Held, SourceFinder, changed

MOST = 32 << 20
"""The most bytes that are remembered; files beyond that are not restored."""
_open = open
CANARY = "canary"
CONTROLS = ("control", "control at the end")
"""Tried like mutants, but none: the canary breaks every test, and the controls change nothing."""
FEW = 3
"""Among so few mutants no control is hidden: the one at the end will do."""
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - named, not used
HELD = "pytest itself has imported the source file"
ELSEWHERE = "the tests do not import the source file"
SPARE = 0.5
"""Seconds for starting the last control, besides what the tests take."""
SLOWER = 5
"""How many times longer the tests may take on a mutant than on the original."""

Answer = dict[str, Any]


class _Entry(NamedTuple):
    """A file, link or folder; its `mark` differs once somebody has changed it."""

    mark: tuple[int, ...]
    mode: int
    content: bytes | str | None


@contextlib.contextmanager
def kept(folders: Sequence[str]) -> Iterator[None]:
    """Afterwards the folders hold what they held before, whatever happened in them."""
    before = dict(_remembered(folders))
    yield
    after = dict(_found(folders))
    for path in sorted(after.keys() - before.keys(), reverse=True):  # the content of a folder before the folder
        with contextlib.suppress(OSError):
            _remove(path, after[path])
    for path, entry in before.items():
        if path not in after or after[path].st_mode != entry.mode or _mark(after[path]) != entry.mark:
            with contextlib.suppress(OSError):
                _restore(path, entry, after.get(path))


def _found(folders: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """All files, links and folders below, a folder before its content; without devices and the like."""
    waiting = [*folders]
    while waiting:
        with contextlib.suppress(OSError), scandir(waiting.pop()) as entries:
            for entry in entries:
                status = lstat(entry.path)
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(entry.path)
                if stat.S_IFMT(status.st_mode) in {stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}:
                    yield entry.path, status


def _remembered(folders: Sequence[str]) -> Iterator[tuple[str, _Entry]]:
    left = MOST
    for path, status in _found(folders):
        content: bytes | str | None = None
        with contextlib.suppress(OSError):
            if stat.S_ISLNK(status.st_mode):
                content = readlink(path)  # noqa: PTH115 - a text
            elif stat.S_ISREG(status.st_mode) and status.st_size <= left:
                left -= status.st_size
                with _open(path, "rb") as file:
                    content = file.read()
        yield path, _Entry(_mark(status), status.st_mode, content)


def _mark(told: os.stat_result) -> tuple[int, ...]:
    """What differs after a change: nobody can reset a ctime. () for a folder, whose content changes its times."""
    if stat.S_ISDIR(told.st_mode):
        return ()
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def _remove(path: str, told: os.stat_result) -> None:
    (rmdir if stat.S_ISDIR(told.st_mode) else unlink)(path)


def _restore(path: str, entry: _Entry, now: os.stat_result | None) -> None:
    if now is not None and stat.S_IFMT(now.st_mode) != stat.S_IFMT(entry.mode):
        _remove(path, now)
    if stat.S_ISDIR(entry.mode):
        if now is None:
            mkdir(path, stat.S_IMODE(entry.mode))  # noqa: PTH102 - the same
    elif isinstance(entry.content, str):
        if now is not None:
            unlink(path)  # noqa: PTH108 - the same
        symlink(entry.content, path)  # noqa: PTH211 - the same
    elif entry.content is not None:
        with _open(path, "wb") as file:
            file.write(entry.content)
    if not stat.S_ISLNK(entry.mode) and stat.S_IMODE(lstat(path).st_mode) != stat.S_IMODE(entry.mode):
        os.chmod(path, stat.S_IMODE(entry.mode))  # noqa: PTH101 - the same


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known about the original.

    Attributes:
        names: Those of the tests that pass.
        took: Seconds that they take in the way that is used to try a mutant.
        calls: Finds out how the calls of the corpus end; see `Corpus.original` for what it returns.
    """

    names: Sequence[str]
    took: float
    calls: Callable[[], Answer]


Way = Callable[[str, Callable[[pytest.Session], Answer]], Answer]
"""Puts a mutant in place, for good in this process, and returns what an action on a session then returns."""


class Trial:
    """Some tests against some mutants.

    `held` is what is known about the source file if it was imported for good before the job.

    Args:
        work: That of the job.
        mutants: The mutants to try, by id.
        select: Returns a fresh plugin that selects the tests, and pytest's arguments.
        deadline: When everything must be over (`time.monotonic`).
        controlled: Whether to show with a canary and controls that it is the mutants that make tests fail.
        corpus: Calls to compare mutants by that no test notices, or None.
        to_the_end: Whether every failing test is wanted, and not only the first.
        session: How pytest is run.
    """

    def __init__(  # noqa: PLR0913 - each is known to another part of a job
        self,
        work: Answer,
        mutants: dict[str, Answer],
        select: Callable[[], tuple[object, Sequence[str]]],
        deadline: float,
        *,
        controlled: bool = False,
        corpus: Corpus | None = None,
        to_the_end: bool = False,
        session: invocation.Session = invocation.run,
    ) -> None:
        self.held: Held | None = work.get("held")
        self._work = work
        self._job = work["job"]
        self._select = select
        self._deadline = deadline
        self._to_the_end = to_the_end
        self._session = session
        self._controlled = controlled
        self.corpus = corpus
        self.mutants = {CANARY: self._job["canary"], **mutants} if controlled and self._job["canary"] else mutants

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._deadline - monotonic()

    def finder(self, name: str | None, before: Callable[[SourceFinder], None] | None = None) -> SourceFinder:
        """A finder for the source file with this mutant in it, or unchanged."""
        path = Path(self._work["rootdir"], self._job["source"])
        return SourceFinder(path, self.text(name), before)

    def text(self, name: str | None) -> str:
        """The text of the source file with this mutant in it, or unchanged."""
        text, mutant = self._job["source_text"], self.mutants.get(name) if name else None
        return changed(text, mutant) if mutant else text

    def lines(self, name: str) -> range:
        """The lines from the beginning of the mutated statement to the end of the change."""
        mutant = self.mutants[name]
        return range(mutant["statement"], self._job["source_text"].count("\n", 0, mutant["end"]) + 2)

    def session(self, finder: SourceFinder, plugin: object) -> str:
        """Run pytest with the source file as the finder has it; returns why it stopped early, or ""."""
        if finder.code is None and finder.is_loaded():
            return HELD
        selection, arguments = self._select()
        sys.meta_path.insert(0, finder)
        return self._session(self._work, arguments, (selection, plugin))

    def try_each(self, names: Iterable[str], way: Way, known: Known) -> Answer:
        """What the tests say about each mutant, and for survivors, what the calls of the corpus say.

        The answer includes the controls. It is empty if there was no time for the control at the end.

        Args:
            names: Ids of mutants.
            way: How a mutant is put in place.
            known: What is known about the original.
        """
        run = partial(self._run_named, known.names)
        turns = self._with_controls([*names])
        fates = self._fork_each(turns, lambda name: way(name, run), known.took)
        if CONTROLS[1] in turns and CONTROLS[1] not in fates:
            return {}
        alive = [name for name, answer in fates.items() if name in self.mutants and answer.get("failed") == []]
        settled = {CANARY, *self._job["compared"]}
        for name, answer in self._compared([name for name in alive if name not in settled], way, known).items():
            fates[name] = {**fates[name], **answer}
        return fates

    def _with_controls(self, names: list[str]) -> list[str]:
        """Add a control at the end and, among many mutants, one at an unpredictable place."""
        if not self._controlled or not names:
            return names
        if len(names) > FEW:
            names.insert(random.SystemRandom().randrange(1, len(names)), CONTROLS[0])
        return [*names, CONTROLS[1]]

    def _compared(self, alive: Sequence[str], way: Way, known: Known) -> dict[str, Answer]:
        """For each of these mutants, the calls by which it is `told`, or how many find it `alike`."""
        if self.corpus is None or not alive:
            return {}
        calls, corpus = known.calls(), self.corpus
        running = {name: corpus.running(self.mutants[name], calls) for name in alive}
        compared = [name for name, places in running.items() if places]
        longer = known.took + calls["took"]
        ends = self._fork_each(
            compared, lambda name: way(name, lambda _session: corpus.compare(calls["seen"], running[name])), longer
        )
        told = {name: answer["told"] for name, answer in ends.items() if "told" in answer}
        return {name: {"told": calls} if calls else {"alike": len(running[name])} for name, calls in told.items()}

    def _fork_each(self, names: Sequence[str], action: Callable[[str], Answer], took: float) -> Answer:
        """What `action` returns for each, in its own fork, while there is time; some is kept for a control."""
        limit = max(float(self._job["seconds"]), SLOWER * took)
        processor = max(float(self._job["processor_seconds"]), SLOWER * took)
        answers: Answer = {}
        for name in names:
            spare = 0.0 if name == CONTROLS[1] or not self._controlled else SPARE + 2 * took
            if self.left <= spare:
                continue
            answer = self.fork(partial(action, name), min(limit, self.left - spare), processor)
            if "ended" not in answer or self.left > spare:  # one that was cut short was not necessarily too slow
                answers[name] = answer
        return answers

    def fork(self, work: Callable[[], Answer], seconds: float, processor: float = 0.0) -> Answer:
        """As `fork.run`; what it leaves in the job's own folders and beside the tests is removed."""
        guard.clear(self._work["rootdir"], self._job["writes"])
        with kept(self.folders):
            return fork.run(work, seconds, processor)

    @property
    def folders(self) -> list[str]:
        """The folders where the job may write and nobody else does."""
        confinement = self._work["confinement"]
        alone = confinement is not None and SHARED_MEMORY in confinement["write"]
        return [self._work["scratch"], SHARED_MEMORY] if alone else [self._work["scratch"]]

    def run(self, session: pytest.Session, items: Sequence[pytest.Item], most_failures: int = 0) -> Answer:
        """Run tests, in a process that from now on may do no more than a candidate may."""
        confine.narrow(self._work["confinement"], programs=True)
        return tests.run(session, items, most_failures)

    def _run_named(self, names: Sequence[str], session: pytest.Session) -> Answer:
        """Run the tests that pass on the original, up to the first failure; a test that is gone has failed."""
        wanted = set(names)
        items = [item for item in session.items if item.nodeid in wanted]
        if len(items) < len(wanted):
            return self.gone(names)
        raised = tests.without_words(items, realpath(Path(self._work["rootdir"], self._job["source"])))
        return {**self.run(session, items, 0 if self._to_the_end else 1), "raised": sorted(raised)}

    def gone(self, names: Sequence[str]) -> Answer:
        """The outcome of tests that are gone: they count as failed."""
        return {"failed": list(names if self._to_the_end else names[:1])}


def joined(fates: Answer, others: Answer) -> Answer:
    """The fates from two ways of trying; a control that died in either of them has died."""
    died = {name: fates[name] for name in CONTROLS if name in fates and fates[name].get("failed") != []}
    return {**fates, **others, **died}
