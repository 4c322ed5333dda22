"""What a run's targets are worked on with, and what came of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from msgspec import Struct

from pytest_enrich import validate
from pytest_enrich.data import Attempt, Gap, Grade, Job, NewTest, Reason, Target
from pytest_enrich.pipeline.purse import Purse
from pytest_enrich.protocols import Proposer, Sandbox, Task


class Done(Struct, frozen=True, kw_only=True):
    """A target that is finished: what it was, with the gaps that were open, and the attempts on it.

    `complete` is False when time ran out in the middle: its open gaps may be tried again. `defect` is the
    traceback of a mistake of ours that ended it, "" for none.
    """

    target: Target
    attempts: tuple[Attempt, ...]
    complete: bool = True
    defect: str = ""


class Bench(Struct, frozen=True, kw_only=True):
    """What all targets of a run are worked on with.

    `earlier` are the run's attempts on a target (its path and qualname) before: nothing is tried twice.
    `watch` gives the jobs that failed in this thread meanwhile: what they were asked for is to be tried again.
    `is_rejected` tells, of a gap's id, a test's hash (`patch.body_of`), a source file and a function, whether
    people turned this test down; `turned_down` why they turned down others for a source file.
    `existing` is what the run knows of the tests that exist: whoever is asked, it is the same.
    `named` may give a test that was kept a better name; under that it is judged once more. `sharper` as in
    `validate.judge`; `joiner` writes one test of two that are kept for one target.
    """

    proposers: tuple[Proposer, ...]
    sandbox: Sandbox
    purse: Purse
    existing: validate.Existing
    timeout: float
    seed: int
    test_text: Callable[[str], str]
    gaps: Mapping[str, Sequence[Gap]]
    source_text: Callable[[str], str] = lambda _path: ""
    grade: Grade = "good"
    earlier: Mapping[tuple[str, str], tuple[Attempt, ...]] = {}
    is_rejected: Callable[[str, str, str, str], bool] = lambda *_facts: False
    turned_down: Callable[[str], tuple[Reason, ...]] = lambda _path: ()
    named: Callable[[Task, NewTest], NewTest | None] = lambda *_test: None
    sharper: validate.Sharper = lambda *_call: ()
    joiner: validate.Joiner = lambda *_tests: None
    watch: Callable[[], AbstractContextManager[Sequence[Job]]] = lambda: nullcontext(())
