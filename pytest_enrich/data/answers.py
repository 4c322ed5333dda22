"""What a sandbox answers (`Execution`) to what `jobs` ask.

It is a claim made by a process that ran untrusted code: the parent validates its shape here and judges its content
in `validate`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data.code import Branch, Call, Template
from pytest_enrich.data.jobs import Program, Searched, Varied

Result: TypeAlias = Literal["passed", "failed", "skipped", "error"]


class Item(Struct, frozen=True, kw_only=True):
    """A test function that pytest collected, parameters or not, and the fixtures a test beside it could use."""

    nodeid: str
    path: str
    owner: str | None
    name: str
    style: Literal["function", "method", "unittest"]
    fixtures: tuple[str, ...]


class TestOutcome(Struct, frozen=True, kw_only=True):
    """What became of one test; `detail` is the end of the failure, or why it was skipped.

    `denied` are paths in the project that it was not allowed to write.
    """

    __test__ = False  # pytest collects classes by this name

    nodeid: str
    result: Result
    detail: str = ""
    seconds: float = 0.0
    denied: tuple[str, ...] = ()


class Collected(Struct, frozen=True, kw_only=True, tag="collected"):
    """The answer to `Collect`; `errors` are collection errors, one text each."""

    items: tuple[Item, ...]
    errors: tuple[str, ...] = ()


class Recorded(Struct, frozen=True, kw_only=True, tag="recorded"):
    """The answer to `Record`: calls of the functions, constructor calls, and how the tests ended inside.

    Of a test with more parameters than calls are kept of a function, some are run where calls are asked for.

    `through` are calls that tests make of functions of other files and that come to the file; their qualnames are
    `module:qualname`.
    """

    calls: tuple[Call, ...]
    constructors: tuple[Call, ...]
    outcomes: tuple[TestOutcome, ...]
    through: tuple[Call, ...] = ()


class Observation(Struct, frozen=True, kw_only=True):
    """What a program did, the same each time it was repeated.

    Attributes:
        subject: `result` (what the call gave), `raises`, `warns`, or `state`: what the call changed or printed.
        expression: What to look at: `{result}` or something of it for `result` (`{result}.total`), else source
            that names what the program's `lines` bind (`len(cache)`), or the fixture `capsys` or `caplog`.
        value: The expected value; for `raises`, `warns` and the form `instance` the class.
        message: For `raises` and `warns`, and for an answer of HTTP that refuses, what it says.
        form: How to state it: `is` for singletons, `approx` for inexact floats, `instance` of a class, `equal`.
    """

    subject: Literal["result", "raises", "warns", "state"]
    value: Template
    expression: Template = "{result}"
    message: str = ""
    form: Literal["equal", "is", "approx", "instance"] = "equal"


class Finding(Struct, frozen=True, kw_only=True):
    """A program that reaches what no test reached, as small as it could be made.

    Attributes:
        call: The call it makes, for those who want to vary it.
        lines: Statements that set the scene (`cache = ⟨cachetools:LRUCache⟩(maxsize=2)`).
        action: The call itself, an expression or (`del cache["a"]`) a statement.
        expression: Whether `action` is an expression.
        consume: What to do with its result before looking: nothing, `list` for iterators, `with` for what is
            entered (and left again), `await` for coroutines, `async list` for asynchronous iterators.
        branches, reached: The wanted branches and lines that it reaches.
        observations: What it did; never empty.
        spare: Whether the finding before it reaches the same; this one does something else there.
        rules: Names of the rules by which the call was thought of.
        doubt: How much in it makes people doubt that it is worth a test: values that nobody wrote, and an argument
            without which there would be the same to say.
    """

    call: Call
    lines: tuple[Template, ...]
    action: Template
    expression: bool
    consume: Literal["", "list", "with", "await", "async list"]
    branches: tuple[Branch, ...]
    reached: tuple[int, ...]
    observations: tuple[Observation, ...]
    spare: bool = False
    rules: tuple[str, ...] = ()
    doubt: int = 0


class Explored(Searched, frozen=True, kw_only=True, tag="explored"):
    """The answer to `Explore`.

    `corpus` are a few calls of all kinds that were made: what changes nothing for them may change nothing at all.
    """

    findings: tuple[Finding, ...]
    corpus: tuple[Program, ...] = ()


class Proved(Struct, frozen=True, kw_only=True, tag="proved"):
    """The answer to `Prove`: outcomes in the order run; per measured file the executed lines and branches."""

    outcomes: tuple[TestOutcome, ...]
    lines: dict[str, tuple[int, ...]] = {}
    branches: dict[str, tuple[Branch, ...]] = {}


Fate: TypeAlias = Literal["killed", "timeout", "crash", "survived", "untried"]
"""What a test did on a mutant."""


class MutantFate(Struct, frozen=True, kw_only=True):
    """What became of one mutant.

    Attributes:
        id: The mutant's.
        fate: What the candidate did: `killed` by a failure, a `timeout` or a `crash`; `survived`; `untried` when
            there was no time or no way, for existing tests too where they are to be asked.
        killed_before: Existing tests that fail on it, the first one met; `timeout` and `crash` of them count. None
            when they were not asked: that is only worth while when the candidate, or a call, notices any mutant.
        parts: Of those of the job that pass on the original, the ones that fail on it.
        alike: For one that survived: how many calls of the corpus run its statement, when all of them end as on
            the original; else 0. Calls that do not end the same each time are left out.
        told: For one that survived: places, in the corpus, of the first calls that do not end as on the original.
        raised: For one that was killed: whether the code of the source raised, so that no assertion need be false.
    """

    id: str
    fate: Fate
    killed_before: tuple[str, ...] | None = None
    parts: tuple[str, ...] = ()
    alike: int = 0
    told: tuple[int, ...] = ()
    raised: bool = False


class Mutated(Struct, frozen=True, kw_only=True, tag="mutated"):
    """The answer to `Mutate`.

    Attributes:
        fates: One a mutant, in their order.
        parts: Those of the job that pass on the original.
        error: Why there are no fates: the candidate does not pass on the original, for one.
        unable: Why mutants of this source can be tried on no test at all.
        canary: What the candidate did on the mutant that every test dies of.
        control: What it did where nothing was changed, run in the same way as a mutant; the worst of several.
            Unless it survives there, there are no fates.
    """

    fates: tuple[MutantFate, ...] = ()
    parts: tuple[str, ...] = ()
    error: str = ""
    unable: str = ""
    canary: Fate = "untried"
    control: Fate = "untried"


Answer: TypeAlias = Collected | Recorded | Explored | Proved | Mutated | Varied


class Answered(Struct, frozen=True, kw_only=True):
    """The job was done; `output` is the end of what the child printed."""

    answer: Answer
    seconds: float
    output: str = ""


class Failed(Struct, frozen=True, kw_only=True):
    """The job gave no valid answer, which always counts against what was run."""

    reason: Literal["timeout", "memory", "crash", "refused", "no answer", "bad answer"]
    detail: str
    seconds: float

    @property
    def answer(self) -> None:
        """There is none."""


Execution: TypeAlias = Answered | Failed
