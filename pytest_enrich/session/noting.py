"""What surrounds the sandbox of a run: its slots and its end, known answers, and notes of what failed."""

from __future__ import annotations

import contextlib
import math
import posixpath
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import msgspec
from msgspec.structs import replace

from pytest_enrich.data import (
    Answered,
    Attempt,
    Call,
    Collect,
    Dropped,
    Execution,
    Explore,
    Explored,
    Failed,
    Job,
    Mutate,
    Prove,
    Record,
    Recorded,
    Running,
    Varied,
    Vary,
)
from pytest_enrich.errors import OutOfTimeError
from pytest_enrich.protocols import Sandbox
from pytest_enrich.validate.proof import first_line, last_line, shape_of

_OVER = "the time of the run is over"
SHOWN = 3
MOST_STARTS = 60
"""How many calls a search begins with besides those of tests: the latest ones."""
IN_A_ROW = 5
"""When so many candidates fall for one reason, they are hardly to blame for it."""
READ = frozenset({"parses", "allowed", "asserts", "new"})
"""Rungs at which nothing has been run yet."""
RUN = frozenset({"runs", "passes", "stable"})


UNTRACED = "bwrap+landlock+seccomp"
"""The layers in which what is written in the project goes nowhere."""
MOST_ROUNDS = 3
"""How often a `Record` is done again: a test that may write one thing may go on to write the next."""

_DOING: dict[type, str] = {
    Collect: "collecting the tests inside",
    Record: "watching the tests inside",
    Explore: "exploring a function",
    Mutate: "mutating a function",
    Vary: "varying the tests of a function",
}


class Around:
    """A sandbox around another one, `inside`, which does the jobs."""

    def __init__(self, inside: Sandbox) -> None:
        self._inside = inside

    @property
    def isolation(self) -> str:
        """The inner one's."""
        return self._inside.isolation

    def close(self) -> None:
        """Close the inner one."""
        self._inside.close()


class Slots(Around):
    """Does what the sandbox inside does; a job that finds all slots taken waits before its time begins.

    Args:
        inside: Does the jobs.
        slots: How many jobs run at a time.
        left: Seconds left of the run, for which a job may still go on.
    """

    def __init__(self, inside: Sandbox, slots: int, left: Callable[[], float] = lambda: math.inf) -> None:
        super().__init__(inside)
        self._left = left
        self._slots = threading.Semaphore(slots)

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`.

        Raises:
            OutOfTimeError: The run is over, or ended before the job had its time: that says nothing about the job.
        """
        with self._slots:
            left = self._left()
            if left <= 0:
                raise OutOfTimeError(_OVER)
            execution = self._inside.execute(job, timeout=min(timeout, left))
        if isinstance(execution, Failed) and left < timeout and self._left() <= 0:
            raise OutOfTimeError(_OVER)
        return execution


class Remembering(Around):
    """Does what the sandbox inside does; a `Record` that was answered is not run again. A failure is no answer."""

    def __init__(self, inside: Sandbox) -> None:
        super().__init__(inside)
        self._known: dict[bytes, Execution] = {}

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`."""
        if not isinstance(job, Record):
            return self._inside.execute(job, timeout=timeout)
        key = msgspec.msgpack.encode(job)
        execution = self._known.get(key) or self._inside.execute(job, timeout=timeout)
        if isinstance(execution, Answered):
            self._known[key] = execution
        return execution


class Writing(Around):
    """Does what the sandbox inside does; what existing tests write in the project, tests beside them may, too.

    What that is shows when existing tests fail because of it in a `Record`, which is then done again.
    """

    def __init__(self, inside: Sandbox) -> None:
        super().__init__(inside)
        self._written: dict[str, frozenset[str]] = {}

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`."""
        execution = self._inside.execute(self._allowed(job), timeout=timeout)
        for _ in range(MOST_ROUNDS):
            if not self._has_learnt(execution):
                break
            execution = self._inside.execute(self._allowed(job), timeout=timeout)
        return execution

    def learn(self, tests: Iterable[str], timeout: float) -> Writing:
        """See what these existing tests write, by node ids or files, where nobody has asked for them yet."""
        wanted = tuple(tests)
        if wanted and self.isolation == UNTRACED:
            self.execute(Record(tests=wanted, path="", module="", qualnames=()), timeout=timeout)
        return self

    def _allowed(self, job: Job) -> Job:
        if not isinstance(job, Running) or not self._written:
            return job
        written = frozenset[str]().union(*(self._written.get(folder, ()) for folder in _folders(job)))
        return replace(job, writes=tuple(sorted(written)))

    def _has_learnt(self, execution: Execution) -> bool:
        """Whether existing tests failed because of writes that were not known yet."""
        answer = execution.answer
        if not isinstance(answer, Recorded) or self.isolation != UNTRACED:
            return False
        before = dict(self._written)
        for outcome in answer.outcomes:
            if outcome.denied and outcome.result in {"failed", "error"}:
                folder = _folder(outcome.nodeid)
                self._written[folder] = self._written.get(folder, frozenset()).union(outcome.denied)
        return before != self._written


def _folders(job: Running) -> Iterable[str]:
    """The directories of the test files that a job is about."""
    if isinstance(job, Record):
        return {_folder(test) for test in job.tests}
    others = {_folder(test) for test in job.others} if isinstance(job, Mutate) else set()
    return {_folder(job.test_path if isinstance(job, Vary) else job.path), *others}


def _folder(test: str) -> str:
    return posixpath.dirname(test.partition("::")[0])


class Onward(Around):
    """Does what the sandbox inside does; an `Explore` begins with what earlier ones found in its file."""

    def __init__(self, inside: Sandbox) -> None:
        super().__init__(inside)
        self._found: dict[str, dict[Call, None]] = {}
        self._lock = threading.Lock()

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`."""
        if not isinstance(job, Explore) or job.only:
            return self._inside.execute(job, timeout=timeout)
        with self._lock:
            starts = tuple(self._found.get(job.path, {}))[-MOST_STARTS:]
        execution = self._inside.execute(replace(job, starts=starts), timeout=timeout)
        answer = execution.answer
        with self._lock:
            findings = answer.findings if isinstance(answer, Explored) else ()
            self._found.setdefault(job.path, {}).update(dict.fromkeys(finding.call for finding in findings))
        return execution


class NotingSandbox(Around):
    """Does what the sandbox inside does, and remembers which jobs gave no answer: the next run tries them again.

    A failed proof is a verdict and is not noted. `ideas` counts, by its rule, what was tried.
    """

    def __init__(self, inside: Sandbox) -> None:
        super().__init__(inside)
        self._failed: Counter[str] = Counter()
        self.ideas: Counter[str] = Counter()
        self._here = threading.local()
        self._closed = threading.Event()

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """See `protocols.Sandbox`."""
        execution = self._inside.execute(job, timeout=timeout)
        answer = execution.answer
        if isinstance(answer, Explored | Varied):
            self.ideas.update(answer.ideas)
        if isinstance(execution, Failed) and not isinstance(job, Prove) and not self._closed.is_set():
            failure = f"{_DOING[type(job)]} failed ({execution.reason})"
            self._failed[f"{failure}: {last_line(execution.detail)}"] += 1
            if isinstance(job, Record | Explore | Vary):
                getattr(self._here, "failed", []).append(job)
        return execution

    @contextlib.contextmanager
    def watching(self) -> Iterator[Sequence[Job]]:
        """A list that collects the jobs that proposers ask for and that fail in this thread from now on."""
        failed: list[Job] = []
        self._here.failed = failed
        try:
            yield failed
        finally:
            del self._here.failed

    def close(self) -> None:
        """Close the inner one; a job that ends because of this has not failed."""
        self._closed.set()
        super().close()

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for each kind of failure, the most frequent first."""
        return tuple(
            f"{failure} ({count} times)" if count > 1 else failure
            for failure, count in self._failed.most_common(SHOWN)
        )


def streaks(attempts: Iterable[Attempt], isolation: str) -> tuple[str, ...]:
    """A line for each reason why many candidates in a row fell, with what helps in this isolation.

    The same rung, the same reason, the same error: that is hardly their own doing.
    """
    longest: dict[tuple[str, str, str], list[Attempt]] = {}
    for fall, row in groupby(filter(_was_run, attempts), _fall):
        fallen = [*row]
        functions = {(attempt.path, attempt.qualname) for attempt in fallen}
        # Failures of tests for a single function may be about that function.
        if fall is None or len(fallen) < IN_A_ROW or (fall[0] == "passes" and len(functions) == 1):
            continue
        longest[fall] = max(longest.get(fall, []), fallen, key=len)
    return tuple(
        f"{len(fallen)} candidates in a row fell for one reason ({rung}: {why}): {_told(fallen[0])}. "
        f"{_help(why, isolation)}"
        for (rung, why, _), fallen in longest.items()
    )


def _was_run(attempt: Attempt) -> bool:
    """Whether a candidate was more than read."""
    return not (isinstance(attempt.verdict, Dropped) and attempt.verdict.rung in READ)


def _fall(attempt: Attempt) -> tuple[str, str, str] | None:
    """The rung, the reason and the error by which a candidate fell; None where that is about the candidate."""
    verdict = attempt.verdict
    if not isinstance(verdict, Dropped) or verdict.rung not in RUN:
        return None
    shape = shape_of(_told(attempt))
    return (verdict.rung, verdict.reason, shape) if shape else None


def _told(attempt: Attempt) -> str:
    """The line that says how it fell; the last line of a run that timed out says nothing. "" for an assertion."""
    verdict = attempt.verdict
    assert isinstance(verdict, Dropped)
    late = first_line(verdict.detail) if verdict.reason == "timeout" else ""
    return late or (last_line(verdict.detail) if shape_of(verdict.detail) else "")


def _help(why: str, isolation: str) -> str:
    if why == "timeout":
        return "More time: --enrich-timeout=30s"
    doctor = "`pytest-enrich doctor` tries existing tests in the same place"
    if isolation == "landlock+seccomp":
        return f"Tests may do more inside with bubblewrap (`apt-get install bubblewrap`); {doctor}"
    return doctor
