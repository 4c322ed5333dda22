"""A run as its summary and its reports tell it, what people decided, and what the machine has finished."""

from __future__ import annotations

import hashlib
from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.attempts import Attempt, Verdict
from pytest_enrich.data.code import Gap, NearTest
from pytest_enrich.data.suggestion import Suggestion

Verb: TypeAlias = Literal["accept", "reject", "undo", "stale", "closed"]
"""``accept``, ``reject`` and ``undo`` are a person's; ``stale`` (its code changed) and ``closed`` (another test
closed the gap meanwhile) are noted by a run."""

State: TypeAlias = Literal["pending", "accepted", "rejected", "stale", "closed"]

Scope: TypeAlias = Literal["idea", "gap", "function", "file"]
"""How much a rejection turns down: this test body, any test for this gap, for this function, for this file."""

Reason: TypeAlias = Literal["wrong", "trivial", "duplicate", "style", "flaky", "generated", "other"]
RUN_SCHEMA = "pytest-enrich/run/1"
GITHUB_RUN = "github-run"
"""Among the options of a run on GitHub: the number of the workflow's run."""

Stop: TypeAlias = Literal["", "budget", "interrupted", "enough waiting"]
"""Why a run ended before all gaps were done; "" when they are."""


class Shard(Struct, frozen=True):
    """The `number`th (from 1) of `of` parts.

    The gaps of one function go together, since one search serves them all. Which part they belong to depends on
    the function's path and name alone: jobs agree whatever else is missing and in whatever order it comes.
    """

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        """`2/4`; "" for the whole."""
        return f"{self.number}/{self.of}" if self.of > 1 else ""

    def holds(self, path: str, qualname: str) -> bool:
        """Whether the gaps of this function are in this part."""
        digest = hashlib.sha256(f"{path}\0{qualname}".encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of `decisions.jsonl`.

    Attributes:
        id: The suggestion's.
        verb: What was decided.
        body: `test.body_sha256` of the suggestion: another idea for the same gap is a new decision.
        at: When, UTC, ISO 8601.
        path: The test file that changes with it, relative to rootdir, "" for none.
        before, after: sha256 of that file's bytes before and after, "" for no file.
        imports, changes: Of an accept: the lines that came into the file, for imports and for the test, each with
            those in whose place they came, the line above, and how many lines are above.
        reason, scope, note: Of a rejection.
        why: Of an undo: a person `asked`, the tests were `red`, the accept was `interrupted`, or a run made
            the same test `again`.
        edited: Of an accept: whether a person had changed the test before.
        seconds: How long a person looked before deciding, where that was measured; it never leaves the folder.
        by, policy: Of an accept under a policy: the address that git commits with, and the sha256 of its file.
    """

    id: str
    verb: Verb
    body: str
    at: str
    path: str = ""
    before: str = ""
    after: str = ""
    imports: tuple[tuple[str, str, str, int], ...] = ()
    changes: tuple[tuple[str, str, str, int], ...] = ()
    reason: Reason = "other"
    scope: Scope = "idea"
    note: str = ""
    why: Literal["", "asked", "red", "interrupted", "again"] = ""
    edited: bool = False
    seconds: float | None = None
    by: str = ""
    policy: str = ""


class Attempted(Struct, frozen=True, kw_only=True, tag="attempt"):
    """A line of `.cache/state.jsonl`: a candidate was tried."""

    attempt: Attempt


class Finished(Struct, frozen=True, kw_only=True, tag="finished"):
    """A line of `.cache/state.jsonl`: nothing more is tried for this gap until its function changes.

    Attributes:
        gap: The gap.
        digest: `Target.digest` of its function.
        proposer: Who is finished with it, several with commas (`rows,search`; a model's with its digest).
        outcome: What came of it in a word that can be counted (`suggested`, `nothing found`, `weak only`).
        detail: The reason a person would want to know, one line.
    """

    gap: Gap
    digest: str
    proposer: str
    outcome: str
    detail: str = ""


Line: TypeAlias = Attempted | Finished


class CoveragePart(Struct, frozen=True, kw_only=True):
    """Coverage of the user's suite before anything was suggested, in percent; None where it is not known.

    `statements` is how many there are, of which `lines` percent were run.
    """

    lines: float | None = None
    branches: float | None = None
    statements: int | None = None


class ChangedPart(Struct, frozen=True, kw_only=True):
    """The changed lines that a run was limited to.

    Attributes:
        since: As it was asked for: `origin/main`, `HEAD`, `staged`.
        base: The commit that was compared with, "" when there was none yet.
        paths: How many Python files changed, tests and what is not measured included.
        files: How many measured source files have changed statements.
        lines: How many changed statements there are, by their first lines as coverage counts them.
        missing: How many of them no test runs.
        open: These by file, ascending.
    """

    since: str
    base: str = ""
    paths: int = 0
    files: int = 0
    lines: int = 0
    missing: int = 0
    open: dict[str, tuple[int, ...]] = {}


class MadeSuggestion(Struct, frozen=True, kw_only=True):
    """A suggestion that this run wrote.

    `place` is the one of its function among all that could be worked on, from 1; 0 where it is not known. Shards
    of one run agree on it.
    """

    id: str
    grade: str
    place: int = 0


class ModelPart(Struct, frozen=True, kw_only=True):
    """The model that was asked.

    Attributes:
        name, digest: As its server lists it.
        server: The version that its server says.
        host: Where it was asked; `stays_here` says whether that is this machine.
        reason: Why this one.
        window: Tokens of context that it was loaded with.
        counts: Of questions, replies known from before, tokens read and written, failures by kind, and of each
            strategy how often it was asked, given, and got somewhere.
        seconds: Waited in all, what the server itself says that it took, and its parts.
    """

    name: str
    digest: str
    host: str
    stays_here: bool
    server: str = ""
    reason: str = ""
    window: int = 0
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}


class Begun(Struct, frozen=True, kw_only=True):
    """What a run began with, as evidence: all that it was told and read; the rest is as in `RunSummary`.

    Attributes:
        system: The operating system and the machine, as Python names them.
        libraries: The version of each distribution that is installed beside.
        arguments: What starts pytest inside; `said` is what this session's command line had of it.
        layers: The sandbox layers that were tried, each with whether it starts and denies what it must.
        policy: sha256 of the policy's file, "" without one.
        coverage: sha256 of the missing and executed lines and branches, "" where it was not measured.
        sources, tests, configuration: sha256 of each file, by path.
    """

    versions: dict[str, str]
    system: str = ""
    libraries: dict[str, str] = {}
    options: dict[str, str]
    arguments: tuple[str, ...]
    said: tuple[str, ...] = ()
    isolation: str
    layers: dict[str, bool] = {}
    policy: str = ""
    commit: str | None
    coverage: str
    sources: dict[str, str]
    tests: dict[str, str]
    configuration: dict[str, str]


class Aim(Struct, frozen=True, kw_only=True):
    """What the attempts that follow it were judged for, as evidence: so much of a target as the ladder looks at.

    Attributes:
        path, qualname, module, gaps, nearest: As in `Target`, before the first of the attempts.
        functions: Those whose earlier attempts none may repeat.
    """

    path: str
    qualname: str
    module: str
    gaps: tuple[Gap, ...]
    nearest: tuple[NearTest, ...]
    functions: tuple[str, ...] = ()


class Judged(Struct, frozen=True, kw_only=True):
    """Attempts of a run in their order, and what they were judged for."""

    aim: Aim
    attempts: tuple[Attempt, ...]


class Replay(Struct, frozen=True, kw_only=True, tag="replay"):
    """What a run judged, to be judged again; of possible bugs that they fail."""

    began: Begun
    judged: tuple[Judged, ...]
    bugs: tuple[Suggestion, ...] = ()


class Replayed(Struct, frozen=True, kw_only=True):
    """What came of it: `now` is what there is today; of each bug why it does not fail, "" where it does."""

    now: Begun
    verdicts: tuple[Verdict, ...]
    bugs: tuple[str, ...] = ()


class Written(Struct, frozen=True, kw_only=True):
    """A suggestion as it was written, with the sha256 of its two other files, "" for none."""

    suggestion: Suggestion
    patch: str
    module: str


class RunSummary(Struct, frozen=True, kw_only=True):
    """What ran, on what, and what came of it.

    Attributes:
        at: When it began, UTC, ISO 8601; "" where reproducible output is wanted.
        command: The words of the command line.
        directory: The suggestions folder, relative to rootdir with `/` when it is inside.
        versions: Of Python, pytest, pytest-enrich, coverage and what else took part.
        options: The effective ones by name, as text.
        isolation: The sandbox layers in force.
        commit: Of the tree, None outside git.
        tests: How many tests passed.
        coverage: Before.
        files: How many source files have gaps.
        gaps: How many gaps ended how: `suggested`, `nothing found`, `turned down`, `done before`, `waiting`,
            `closed`, `not tried`, `left out`, `held back`; together they are all gaps, of a shard all of its gaps.
        left: The gaps that were `not tried`, `left out` or `held back`, each with the reason.
        candidates: How many were tried.
        dropped: How many of them were dropped, by reason.
        ideas: How many inputs were tried that a rule had a part in, by the rule's name.
        grades: How many of them were graded how, those that were dropped for it included.
        seconds: After the suite: `total`, and until the `first` suggestion was written.
        suggestions: What this run wrote.
        known: The ids of those from before that still wait.
        closed: The ids of those whose gaps tests close by now; they were put away.
        stale: The ids of those whose code changed; they were put away.
        waiting: How many wait for a person in all.
        bugs: The ids of the possible bugs that wait for a person.
        mended: The ids of those that were there before and are gone.
        changed: The changed lines that it was limited to, if it was.
        stopped: Why it ended early.
        model: The model that was asked, if one was.
        learnt: What people's decisions say about what comes last, one line each.
        notes: What else a person must know, one line each (tests that cannot run inside, broken files).
        read_only_check: `ok` when nothing outside the suggestions folder was changed.
    """

    schema: str = RUN_SCHEMA
    at: str = ""
    command: tuple[str, ...] = ()
    directory: str = "enrich-suggestions"
    versions: dict[str, str] = {}
    options: dict[str, str] = {}
    isolation: str = ""
    commit: str | None = None
    tests: int = 0
    coverage: CoveragePart = CoveragePart()
    files: int = 0
    gaps: dict[str, int] = {}
    left: tuple[Finished, ...] = ()
    candidates: int = 0
    dropped: dict[str, int] = {}
    ideas: dict[str, int] = {}
    grades: dict[str, int] = {}
    seconds: dict[str, float] = {}
    suggestions: tuple[MadeSuggestion, ...] = ()
    known: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    waiting: int = 0
    bugs: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    stopped: Stop = ""
    changed: ChangedPart | None = None
    model: ModelPart | None = None
    learnt: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    read_only_check: str = ""


class Tally(Struct, frozen=True, kw_only=True):
    """How many suggestions were offered, accepted (of these `edited` by a person before), and rejected."""

    offered: int = 0
    accepted: int = 0
    edited: int = 0
    rejected: int = 0

    @property
    def rate(self) -> float | None:
        """Accepted of decided, 0 to 1; None when nothing was decided."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided else None


REPORT_SCHEMA = "pytest-enrich/report/1"


class SourceLine(Struct, frozen=True, kw_only=True):
    """A line of a source file as it is today; `missing` says that no test runs it."""

    number: int
    text: str
    missing: bool = False


class ReportedSuggestion(Struct, frozen=True, kw_only=True):
    """A suggestion that waits, with what stands round it today.

    Attributes:
        suggestion: As it was written.
        source: The lines round the gap, in order; empty when the file cannot be read or the function changed.
        difference: The unified diff of the test file, "" when it cannot be made any more.
        stale: Whether the function changed since.
    """

    suggestion: Suggestion
    source: tuple[SourceLine, ...] = ()
    difference: str = ""
    stale: bool = False


class Report(Struct, frozen=True, kw_only=True):
    """Everything that any report tells.

    Attributes:
        run: The last run; an empty one when there was none.
        project: The name of the folder that the project is in.
        base: That folder relative to the top of its repository, with a `/` at its end; "" when it is the top.
        suggestions: What waits, best first: what people did not want before comes last, strong ones come first,
            then by path and line.
        bugs: The possible bugs that wait, by path and line.
        without: The gaps for which no good test was found, by path and line.
        turned_down: How many lines `.enrich-rejected` has.
        decided: What people decided, by week or by month (`2026-W48`, `2026-11`), the earliest first.
    """

    schema: str = REPORT_SCHEMA
    run: RunSummary = RunSummary()
    project: str = ""
    base: str = ""
    suggestions: tuple[ReportedSuggestion, ...] = ()
    bugs: tuple[Suggestion, ...] = ()
    without: tuple[Finished, ...] = ()
    turned_down: int = 0
    decided: dict[str, Tally] = {}
