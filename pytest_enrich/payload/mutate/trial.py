"""What all ways of trying a mutant share: the tests, the time left, the forks, the folders as they were."""

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
"""Bytes that are remembered; files beyond that stay as they are."""
_open = open
CANARY = "canary"
CONTROLS = ("control", "control at the end")
"""What is tried as mutants are, and is none: the one that every test dies of, and those that change nothing."""
FEW = 3
"""Among so many mutants no control is hidden: that at the end will do."""
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - named, not used
HELD = "pytest itself has imported the source file"
ELSEWHERE = "the tests do not import the source file"
SPARE = 0.5
"""Seconds for starting the last control, beside what the tests take."""
SLOWER = 5
"""How many times longer the tests may take on a mutant than on the original."""

Answer = dict[str, Any]


class _Entry(NamedTuple):
    """A file, link or folder; its `mark` is another one once somebody has changed it."""

    mark: tuple[int, ...]
    mode: int
    content: bytes | str | None


@contextlib.contextmanager
def kept(folders: Sequence[str]) -> Iterator[None]:
    """Whatever happens in the folders meanwhile, afterwards they hold what they held before."""
    before = dict(_remembered(folders))
    yield
    after = dict(_found(folders))
    for path in sorted(after.keys() - before.keys(), reverse=True):  # what is in a folder before the folder
        with contextlib.suppress(OSError):
            _remove(path, after[path])
    for path, entry in before.items():
        if path not in after or after[path].st_mode != entry.mode or _mark(after[path]) != entry.mark:
            with contextlib.suppress(OSError):
                _restore(path, entry, after.get(path))


def _found(folders: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """All files, links and folders below, a folder before what is in it; devices and the like are nobody's."""
    waiting = [*folders]
    while waiting:
        with contextlib.suppress(OSError), scandir(waiting.pop()) as entries:
            for entry in entries:
                told = lstat(entry.path)
                if stat.S_ISDIR(told.st_mode):
                    waiting.append(entry.path)
                if stat.S_IFMT(told.st_mode) in {stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}:
                    yield entry.path, told


def _remembered(folders: Sequence[str]) -> Iterator[tuple[str, _Entry]]:
    left = MOST
    for path, told in _found(folders):
        content: bytes | str | None = None
        with contextlib.suppress(OSError):
            if stat.S_ISLNK(told.st_mode):
                content = readlink(path)  # noqa: PTH115 - a text
            elif stat.S_ISREG(told.st_mode) and told.st_size <= left:
                left -= told.st_size
                with _open(path, "rb") as file:
                    content = file.read()
        yield path, _Entry(_mark(told), told.st_mode, content)


def _mark(told: os.stat_result) -> tuple[int, ...]:
    """Nobody sets a time of change back. A folder's is another one when something in it comes and goes."""
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
    """What is known of the original.

    Attributes:
        names: Of the tests that pass.
        took: Seconds that they take in the way in which a mutant is tried.
        calls: Asks how the calls of the corpus end; `Corpus.original` says what it gives.
    """

    names: Sequence[str]
    took: float
    calls: Callable[[], Answer]


Way = Callable[[str, Callable[[pytest.Session], Answer]], Answer]
"""Puts a mutant in place, in this process for good, and answers what an action in a session answers then."""


class Trial:
    """Some tests against some mutants.

    `held` is what is known of the source file where it was imported for good before the job.

    Args:
        work: The job's.
        mutants: Those to try, by id.
        select: Gives a fresh plugin that selects the tests, and pytest's arguments.
        deadline: When all must be over (`time.monotonic`).
        controlled: Whether what the tests fail on must be shown to be the mutants: the canary and controls.
        corpus: Calls to compare a mutant by that no test notices, or None.
        to_the_end: Whether each test is wanted that fails, and not only the first.
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
        """Seconds."""
        return self._deadline - monotonic()

    def finder(self, name: str | None, before: Callable[[SourceFinder], None] | None = None) -> SourceFinder:
        """A finder of the source file with this mutant in it, or as it is."""
        path = Path(self._work["rootdir"], self._job["source"])
        return SourceFinder(path, self.text(name), before)

    def text(self, name: str | None) -> str:
        """The source file's text with this mutant in it, or as it is."""
        text, mutant = self._job["source_text"], self.mutants.get(name) if name else None
        return changed(text, mutant) if mutant else text

    def lines(self, name: str) -> range:
        """The lines from the beginning of the mutated statement to the end of what is changed."""
        mutant = self.mutants[name]
        return range(mutant["statement"], self._job["source_text"].count("\n", 0, mutant["end"]) + 2)

    def session(self, finder: SourceFinder, plugin: object) -> str:
        """A session of pytest with the source file as the finder has it; why it stopped early, or ""."""
        if finder.code is None and finder.is_loaded():
            return HELD
        selection, arguments = self._select()
        sys.meta_path.insert(0, finder)
        return self._session(self._work, arguments, (selection, plugin))

    def try_each(self, names: Iterable[str], way: Way, known: Known) -> Answer:
        """What the tests say of each mutant; of one that they say nothing of, what the calls of the corpus say.

        The answer has the controls, too. Where there was no time for the one at the end, nothing is known.

        Args:
            names: Ids of mutants.
            way: How a mutant is put in place.
            known: Of the original.
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
        """One at the end, and of many one at a place that nobody can know beforehand."""
        if not self._controlled or not names:
            return names
        if len(names) > FEW:
            names.insert(random.SystemRandom().randrange(1, len(names)), CONTROLS[0])
        return [*names, CONTROLS[1]]

    def _compared(self, alive: Sequence[str], way: Way, known: Known) -> dict[str, Answer]:
        """Of each of these mutants the calls by which it is `told`, or how many find it `alike`."""
        if self.corpus is None or not alive:
            return {}
        calls, corpus = known.calls(), self.corpus
        running = {name: corpus.running(self.mutants[name], calls) for name in alive}
        asked = [name for name, places in running.items() if places]
        longer = known.took + calls["took"]
        ends = self._fork_each(
            asked, lambda name: way(name, lambda _session: corpus.compare(calls["seen"], running[name])), longer
        )
        told = {name: answer["told"] for name, answer in ends.items() if "told" in answer}
        return {name: {"told": calls} if calls else {"alike": len(running[name])} for name, calls in told.items()}

    def _fork_each(self, names: Sequence[str], action: Callable[[str], Answer], took: float) -> Answer:
        """What `action` answers for each in a fork of its own, while there is time; some is left for a control."""
        limit = max(float(self._job["seconds"]), SLOWER * took)
        processor = max(float(self._job["processor_seconds"]), SLOWER * took)
        answers: Answer = {}
        for name in names:
            spare = 0.0 if name == CONTROLS[1] or not self._controlled else SPARE + 2 * took
            if self.left <= spare:
                continue
            answer = self.fork(partial(action, name), min(limit, self.left - spare), processor)
            if "ended" not in answer or self.left > spare:  # cut short is not the same as too slow
                answers[name] = answer
        return answers

    def fork(self, work: Callable[[], Answer], seconds: float, processor: float = 0.0) -> Answer:
        """As `fork.run`; what it leaves in the job's own folders, and beside the tests, is gone with it."""
        guard.clear(self._work["rootdir"], self._job["writes"])
        with kept(self.folders):
            return fork.run(work, seconds, processor)

    @property
    def folders(self) -> list[str]:
        """Where the job may write, and nobody else does."""
        confinement = self._work["confinement"]
        alone = confinement is not None and SHARED_MEMORY in confinement["write"]
        return [self._work["scratch"], SHARED_MEMORY] if alone else [self._work["scratch"]]

    def run(self, session: pytest.Session, items: Sequence[pytest.Item], most_failures: int = 0) -> Answer:
        """Run tests, in a process that from now on may do no more than a candidate's."""
        confine.narrow(self._work["confinement"], programs=True)
        return tests.run(session, items, most_failures)

    def _run_named(self, names: Sequence[str], session: pytest.Session) -> Answer:
        """Run the tests that pass on the original, up to the first failure; one that is gone has failed."""
        wanted = set(names)
        items = [item for item in session.items if item.nodeid in wanted]
        if len(items) < len(wanted):
            return self.gone(names)
        raised = tests.without_words(items, realpath(Path(self._work["rootdir"], self._job["source"])))
        return {**self.run(session, items, 0 if self._to_the_end else 1), "raised": sorted(raised)}

    def gone(self, names: Sequence[str]) -> Answer:
        """What tests that are not there any more come to."""
        return {"failed": list(names if self._to_the_end else names[:1])}


def joined(fates: Answer, others: Answer) -> Answer:
    """What came of two ways of trying; a control that died in one of them has died."""
    died = {name: fates[name] for name in CONTROLS if name in fates and fates[name].get("failed") != []}
    return {**fates, **others, **died}
