"""The seams: what can be replaced by another of its kind, and what each promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from msgspec import Struct

from pytest_enrich.data import Attempt, Candidate, Execution, Gap, Job, Reason, Target


class Sandbox(Protocol):
    """A place where untrusted code runs."""

    @property
    def isolation(self) -> str:
        """The layers in force, as people read them (`rlimits-only`)."""

    def execute(self, job: Job, *, timeout: float) -> Execution:
        """Do `job` within `timeout` seconds of wall clock.

        Never raises for what the job does: no answer, a late one, one of the wrong shape are all `Failed`.
        Nothing that the job started is alive when this returns.
        """

    def close(self) -> None:
        """End what is kept between jobs; nothing of it is alive when this returns."""


class Task(Struct, frozen=True, kw_only=True):
    """What a proposer is asked: close the gaps of `target`.

    Attributes:
        target: With only the gaps that are still open.
        attempts: The run's attempts on this target so far, oldest first.
        turned_down: Why people turned down tests for this file before: reasons in `.enrich-rejected`, in order.
        others: The open gaps of the same file that belong to other targets: a test may close them in passing.
        test_text: The text of the file that the new test goes into, "" for a new file.
        source_text: The text of the source file, "" when it is not known.
        rootdir: Where the files are, absolute; "" when it is not known.
        seconds: How long the proposer may think, in all.
        executions: How many calls it may make.
        idle: How many of these in a row may show nothing new.
        seed: For whatever it draws.
        is_open: Whether a gap, by its id, is still open by now: what was proposed before may have closed it.
        so_far: The run's attempts on this target by now.
        has_turn: Whether there is time to think of more; others wait.
    """

    target: Target
    attempts: tuple[Attempt, ...] = ()
    test_text: str
    seconds: float = 0
    executions: int = 0
    seed: int = 0
    idle: int = 2000
    source_text: str = ""
    rootdir: str = ""
    others: tuple[Gap, ...] = ()
    turned_down: tuple[Reason, ...] = ()
    is_open: Callable[[str], bool] = lambda _gap: True
    so_far: Callable[[], tuple[Attempt, ...]] = tuple
    has_turn: Callable[[], bool] = lambda: True

    def has_asked(self, proposer: str) -> bool:
        """Whether this proposer has thought of something for the target, with the same seed."""
        origins = (attempt.candidate.origin for attempt in self.attempts)
        return any((origin.proposer, origin.seed) == (proposer, self.seed) for origin in origins)


class Proposer(Protocol):
    """Someone who thinks of tests. It keeps nothing between tasks: what it learns lives in the attempts."""

    @property
    def name(self) -> str:
        """As in `--enrich-with`."""

    def propose(self, task: Task) -> Iterator[Candidate]:
        """Candidates for `task`, best first; ends when there is nothing more to say.

        The caller may stop asking at any time. A sandbox that fails is no exception: the proposer has less to
        say.
        """
