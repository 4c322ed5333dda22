"""What was thought of, and what came of it: the record that everything else is folded from."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Branch, Grade, MutantsPart, Placement
from pytest_enrich.data.jobs import Program

Rung: TypeAlias = Literal["parses", "allowed", "asserts", "new", "runs", "passes", "gains", "stable", "kills"]
"""The rungs of the ladder, cheapest first; a candidate is dropped at the first one that it misses."""


class OriginPart(Struct, frozen=True, kw_only=True):
    """Who thought of it; of a model its name, what it was asked for, and the digest by which its reply is kept.

    `worded` is what alone is the model's, of a test that the proposer thought of: its `name`, its `docstring`.
    `doubt` is how much in it makes people doubt that it is worth a test, 0 for nothing.
    """

    proposer: str
    seed: int = 0
    executions: int = 0
    model: str = ""
    strategy: str = ""
    prompt: str = ""
    worded: tuple[str, ...] = ()
    doubt: int = 0

    @property
    def told(self) -> str:
        """`ollama qwen2.5-coder:7b, seed 0`, or `inputs by search, name by qwen2.5-coder:7b, seed 0`."""
        if self.worded:
            return f"inputs by {self.proposer}, {' and '.join(self.worded)} by {self.model}, seed {self.seed}"
        return f"{' '.join(filter(None, (self.proposer, self.model)))}, seed {self.seed}"


class Origin(OriginPart, frozen=True, kw_only=True):
    """Who thought of a candidate, and all that is needed to think of it again.

    Attributes:
        reduced: Whether its inputs were made as small as they can be already.
        spare: Whether it is only worth trying for gaps that nothing else closed.
        corpus: Calls that were made on the way. Known while the candidate is judged, not kept in the record: the
            same seed gives them again.
        rules: Names of the rules by which its inputs were thought of.
    """

    reduced: bool = False
    spare: bool = False
    corpus: tuple[Program, ...] = ()
    rules: tuple[str, ...] = ()


class Oracle(Struct, frozen=True, kw_only=True):
    """Where an assertion's expected value comes from.

    `line` counts from the test's first line (1-based). `look` marks the one that a person should check. `model`: a
    model expected it, and the code does it.
    """

    line: int
    what: str
    source: Literal["observed", "docstring", "type", "property", "raises", "model"]
    look: bool = False


class _New(Struct, frozen=True, kw_only=True):
    """What a proposer thinks of.

    Attributes:
        name: The function's name, of a new test one that is free in its file.
        code: What is put in, see below.
        imports: The import statements it needs that the file does not have.
        placement: Where it goes.
        title: What it checks, in words (`parse_sku: text without a dash is refused`).
        look: The one question that only a person can answer.
        oracle: Where each expected value comes from; a `line` counts from the first of `code`.
        origin: Who thought of it.
        gaps: Ids of the gaps it is meant to close, most important first.
        wish: Of a new test the name that would say more, which another one has that was thought of with it.
        alone: Of one with several assertions, for each the name and the title that it would have with only that.
    """

    name: str
    code: str
    imports: tuple[str, ...]
    placement: Placement
    title: str
    look: str
    oracle: tuple[Oracle, ...]
    origin: Origin
    gaps: tuple[str, ...]
    wish: str = ""
    alone: tuple[tuple[str, str], ...] = ()


class NewTest(_New, frozen=True, kw_only=True, tag="test"):
    """A whole new test function: its source, not indented, decorators included, ending in a newline."""


class NewRow(_New, frozen=True, kw_only=True, tag="row"):
    """One more case of a test that exists: an element of its `parametrize` list.

    `code` is one line or a few: the element without its comma (`("1-2", 3)`). `argnames` are the names of the
    `parametrize` that it goes into, as that decorator lists them. The `anchor` of its placement is the test.
    """

    argnames: tuple[str, ...]


Candidate: TypeAlias = NewTest | NewRow
"""What a proposer thinks of; told apart by its type."""


class Kept(Struct, frozen=True, kw_only=True, tag="kept"):
    """It passed every rung.

    `runs` names each way in which it was run, `left_out` each in which that would say nothing, with why;
    `gaps` are those it closes, at least partly.

    `grade` and `mutants` are about the code of these gaps. `smaller` is what was kept in the candidate's place,
    when a part of it was enough. `controls` are what it did as if on a mutant where nothing was changed, and on
    one that every test dies of.
    """

    gaps: tuple[str, ...]
    lines: tuple[int, ...]
    branches: tuple[Branch, ...]
    runs: tuple[str, ...]
    seconds: float
    grade: Grade = "ungraded"
    mutants: MutantsPart = MutantsPart()
    smaller: Candidate | None = None
    left_out: tuple[str, ...] = ()
    controls: dict[str, str] = {}


class Dropped(Struct, frozen=True, kw_only=True, tag="dropped"):
    """It missed `rung`; `reason` is a short phrase that can be counted, `detail` the evidence.

    `grade` is the one that it was dropped for, None where it did not come so far.
    """

    rung: Rung
    reason: str
    detail: str = ""
    grade: Grade | None = None


Verdict: TypeAlias = Kept | Dropped


class Attempt(Struct, frozen=True, kw_only=True):
    """One candidate for one target, and its verdict."""

    path: str
    qualname: str
    digest: str
    candidate: Candidate
    verdict: Verdict

    @property
    def closes(self) -> tuple[str, ...]:
        """The ids of the gaps that it closes; none where it was dropped."""
        return self.verdict.gaps if isinstance(self.verdict, Kept) else ()
