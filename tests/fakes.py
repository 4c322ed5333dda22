"""Small fakes that several folders of tests share, and short ways to make the nouns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import (
    Answered,
    Argument,
    Call,
    Candidate,
    CoveragePart,
    Entry,
    Execution,
    Failed,
    Finding,
    Finished,
    Gap,
    Job,
    ModelPart,
    MutantsPart,
    Mutate,
    Mutated,
    NewTest,
    Observation,
    Oracle,
    Origin,
    Parameter,
    Placement,
    Prove,
    Proved,
    Report,
    ReportedSuggestion,
    RunSummary,
    SourceLine,
    Suggestion,
    Tally,
    Target,
    TestOutcome,
    Tried,
)
from pytest_enrich.data.answers import Answer
from pytest_enrich.data.suggestion import (
    BrokenPart,
    GapPart,
    MadePart,
    NearestPart,
    OriginPart,
    ProofPart,
    RunsPart,
    TargetPart,
    TestPart,
)
from pytest_enrich.protocols import Task

PATH = "src/shop/cart.py"
TESTS = "tests/test_cart.py"
TEST_TEXT = "from shop.cart import discount\n\n\ndef test_discount():\n    assert discount(10) == 10\n"
DIFFERENCE = """\
diff --git a/tests/test_cart.py b/tests/test_cart.py
index 3d250b5..fd53795 100644
--- a/tests/test_cart.py
+++ b/tests/test_cart.py
@@ -3,3 +3,7 @@ from shop.cart import discount
 def test_discount():
     assert discount(10) == 10
+
+
+def test_negative():
+    assert discount(-1) == 0
"""
FIXED = frozenset({"kind", "grade", "where", "style", "stopped", "source"})
"""Fields whose words are on a list."""
KEYS = frozenset({"with", "budget", "total", "closed"})
"""Names that a run gives itself."""
TOTAL = (Parameter(name="total", kind="positional"),)
CODE = "def test_negative():\n    assert discount(-1) == 0\n"


class ScriptedSandbox:
    """Answers from a script: for each kind of job what it answers, in order; the last answer is given again.

    What is no `Execution` is wrapped in `Answered`; a callable is asked with the job. `jobs` are those it got.
    Mutants cannot be tried, unless the script says so.
    """

    isolation = "scripted"
    notes: tuple[str, ...] = ()

    def __init__(self, script: dict[type, object]) -> None:
        whole = {Mutate: Mutated(unable="no answer in the script"), **script}
        self._script = {
            kind: deque(answers if isinstance(answers, list) else [answers]) for kind, answers in whole.items()
        }
        self.jobs: list[Job] = []
        self.timeouts: list[float] = []
        self.closed = False

    def execute(self, job: Job, *, timeout: float) -> Execution:
        self.jobs.append(job)
        self.timeouts.append(timeout)
        answers = self._script.get(type(job))
        if not answers:
            return Failed(reason="refused", detail=f"no answer to {type(job).__name__} in the script", seconds=0.0)
        answer = answers.popleft() if len(answers) > 1 else answers[0]
        answer = answer(job) if callable(answer) else answer
        return answer if isinstance(answer, Answered | Failed) else Answered(answer=answer, seconds=0.1)

    def close(self) -> None:
        self.closed = True

    def asked(self, kind: type) -> list[Job]:
        return [job for job in self.jobs if isinstance(job, kind)]


class FakeProposer:
    """Proposes these candidates, whatever it is asked; `tasks` are what it was asked, `taken` how many went."""

    name = "fake"

    def __init__(self, *candidates: Candidate, before: Callable[[int], None] = lambda _number: None) -> None:
        self._candidates = candidates
        self._before = before
        self.tasks: list[Task] = []
        self.taken = 0

    def propose(self, task: Task) -> Iterator[Candidate]:
        self.tasks.append(task)
        for candidate in self._candidates:
            self._before(self.taken)
            self.taken += 1
            yield candidate


def failed(reason: str = "crash", detail: str = "it was ended by SIGSEGV") -> Failed:
    return Failed(reason=reason, detail=detail, seconds=0.1)


def gap(identity: str = "cart-aaaaaaaa", line: int = 3, **changes: object) -> Gap:
    plain = Gap(
        id=identity,
        path=PATH,
        qualname="discount",
        line=line,
        outcome="true",
        text="if total < 0:",
        lines=(line + 1,),
        branches=((line, line + 1),),
    )
    return replace(plain, **changes)


def target(*gaps: Gap, **changes: object) -> Target:
    own = gaps or (gap(),)
    plain = Target(
        path=own[0].path,
        qualname=own[0].qualname,
        module="shop.cart",
        kind="function",
        first_line=1,
        source="def discount(total): ...\n",
        gaps=own,
        conditions=tuple(() for _ in own),
        placement=Placement(path=TESTS, anchor="test_discount"),
        digest="digest",
        parameters=TOTAL,
        entries=(Entry(qualname="discount", kind="function", parameters=TOTAL),),
    )
    return replace(plain, **changes)


def task(*gaps: Gap, text: str = TEST_TEXT, **changes: object) -> Task:
    plain = Task(target=target(*gaps), attempts=(), test_text=text, seconds=2.0, executions=500, seed=7)
    return replace(plain, **changes)


def candidate(code: str = CODE, **changes: object) -> NewTest:
    plain = NewTest(
        name=code.partition("def ")[2].partition("(")[0],
        code=code,
        imports=(),
        placement=Placement(path=TESTS, anchor="test_discount"),
        title="discount: gives 0 when total < 0",
        look="0 was seen when the code ran; no docstring promises it",
        oracle=(Oracle(line=2, what="0", source="observed", look=True),),
        origin=Origin(proposer="fake"),
        gaps=("cart-aaaaaaaa",),
    )
    return replace(plain, **changes)


def finding(*observations: Observation, action: str = "⟨shop.cart:discount⟩(-1)", **changes: object) -> Finding:
    plain = Finding(
        call=Call(qualname="discount", arguments=(Argument(name="total", value="-1"),)),
        lines=(),
        action=action,
        expression=True,
        consume="",
        branches=((3, 4),),
        reached=(4,),
        observations=observations or (Observation(subject="result", value="0"),),
    )
    return replace(plain, **changes)


def suggestion(identity: str = "cart-aaaaaaaa", **changes: object) -> Suggestion:
    gap_part = GapPart(
        path=PATH,
        qualname="discount",
        line=8,
        outcome="true",
        text="if total < 0:",
        lines=(9, 10),
        branches=((8, 9),),
        function_sha256="f" * 64,
        also_closes=("cart-bbbbbbbb",),
    )
    mutants = MutantsPart(
        killed=3,
        of=4,
        list=(
            Tried(line=8, change="total < 0 -> total <= 0", killed=False, equivalent=True),
            Tried(line=8, change="total < 0 -> not total < 0", killed=True, killed_before=True),
            Tried(line=9, change="log(total) -> pass", killed=True),
            Tried(line=10, change="return 0.0 -> return 1.0", killed=True),
        ),
        note="one was not tried",
    )
    modes = (
        "measured",
        "alone",
        "in its file",
        "in its file, shuffled",
        "in its file, on a worker of pytest-xdist",
    )
    plain = Suggestion(
        id=identity,
        grade="good",
        title="discount: gives 0 when total < 0",
        look="0 was seen when the code ran; no docstring promises it",
        gap=gap_part,
        target=TargetPart(path=TESTS, where="after", anchor="test_discount"),
        test=TestPart(names=("test_negative",), code=CODE, imports=("import pytest",), body_sha256="b" * 64),
        oracle=(Oracle(line=2, what="0", source="observed", look=True),),
        proof=ProofPart(
            lines_gained=2,
            branches_gained=1,
            runs=RunsPart(passed=5, of=5, modes=modes),
            duration_ms=1.4,
            isolation="bwrap+landlock+seccomp",
            mutants=mutants,
            nearest_test=NearestPart(nodeid=f"{TESTS}::test_discount", similarity=0.75, code="(10, 10)"),
        ),
        origin=OriginPart(
            proposer="ollama", seed=7, executions=120, model="qwen", strategy="inputs", prompt="d" * 64
        ),
        made=MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7", commit="a1b2c3d"),
    )
    return replace(plain, **changes)


def reported(identity: str = "cart-aaaaaaaa", **changes: object) -> ReportedSuggestion:
    source = [
        "def discount(total):",
        "    # no debts",
        "    if total < 0:",
        "        log(total)",
        "        return 0.0",
    ]
    plain = ReportedSuggestion(
        suggestion=suggestion(identity),
        source=tuple(
            SourceLine(number=number, text=text, missing=number > 8) for number, text in enumerate(source, 6)
        ),
        difference=DIFFERENCE,
    )
    return replace(plain, **changes)


def bug(**changes: object) -> Suggestion:
    """`discount` contradicts its docstring; `changes` are of the suggestion, or of what is broken."""
    broken = BrokenPart(
        promise="example",
        contract=">>> discount(-1)\n0",
        contract_line=8,
        call="discount(-1)",
        observed="raised ValueError in cart.py:14",
        mark="@pytest.mark.xfail(strict=True, reason='>>> discount(-1) 0')",
        mark_imports=("import pytest",),
    )
    plain = Suggestion(
        id="cart-bbbbbbbb",
        kind="bug",
        title="discount: ValueError",
        look="which of the two is wrong, the words or the code?",
        gap=GapPart(
            path=PATH,
            qualname="discount",
            line=6,
            outcome="entered",
            text=broken.contract,
            lines=(),
            branches=(),
            function_sha256="",
        ),
        target=TargetPart(path=TESTS, where="end of file"),
        test=TestPart(
            names=("test_discount_as_documented",),
            code="def test_discount_as_documented():\n    assert discount(-1) == 0\n",
            imports=("from shop.cart import discount",),
            body_sha256="c" * 64,
        ),
        oracle=(),
        proof=ProofPart(
            lines_gained=0,
            branches_gained=0,
            runs=RunsPart(passed=0, of=2, modes=("in a fork", "in a fresh process")),
            duration_ms=0.0,
            isolation="",
        ),
        origin=OriginPart(proposer="docstring"),
        made=MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7", commit="a1b2c3d"),
        broken=broken,
    )
    inner = {name: changes.pop(name) for name in BrokenPart.__struct_fields__ if name in changes}
    return replace(plain, broken=replace(broken, **inner), **changes)


def report(number: int = 3, **changes: object) -> Report:
    """A report on so many suggestions, two a function, with something in every part of it."""
    suggestions = []
    for index in range(number):
        one = suggestion(f"cart-{index:08}".translate(str.maketrans("0189", "abcd")))
        part = replace(one.gap, qualname=f"discount_{index // 2}")
        title = f"{part.qualname}: gives 0 when total < 0"
        one = replace(one, gap=part, title=title, grade="good" if index else "strong")
        suggestions.append(reported(suggestion=one))
    run = RunSummary(
        at="2026-11-24T22:41:07Z",
        command=("pytest", "--enrich"),
        versions={"python": "3.11.7", "pytest": "9.2.0"},
        options={"with": "auto", "budget": "5m"},
        isolation="bwrap+landlock+seccomp",
        commit="a1b2c3d",
        tests=42,
        coverage=CoveragePart(lines=84.0, branches=71.0, statements=200),
        gaps={"suggested": number, "nothing found": 1, "closed": 1},
        candidates=24,
        dropped={"kills: kills no mutant": 2},
        seconds={"total": 108.0},
        model=ModelPart(name="qwen2.5-coder:7b", digest="d" * 64, host="127.0.0.1", stays_here=True),
        learnt=("2 rejected as trivial (cart-aaaaaaaa): tests with empty texts come last",),
        notes=("tests/test_slow.py was left out: it needs a network",),
        read_only_check="ok",
    )
    left = Finished(
        gap=gap("cart-zzzzzzzz", line=30),
        digest="d",
        proposer="search",
        outcome="nothing found",
        detail="all raised",
    )
    plain = Report(
        run=run,
        project="shop",
        suggestions=tuple(suggestions),
        without=(left,),
        turned_down=2,
        decided={"2026-W47": Tally(accepted=2, rejected=3), "2026-W48": Tally(accepted=4, edited=1)},
    )
    return replace(plain, **changes)


def spoiled(value: object, text: str, kept: frozenset[str] = frozenset({"schema", "at"})) -> object:
    """The value with `text` in every text of it that is not empty, however deep; words of a fixed list stay."""
    if isinstance(value, Struct):
        parts = {name: getattr(value, name) for name in value.__struct_fields__ if name not in kept}
        free = {name: part for name, part in parts.items() if not (name in FIXED and isinstance(part, str))}
        return replace(value, **{name: spoiled(part, text, kept) for name, part in free.items()})
    if isinstance(value, tuple):
        return tuple(spoiled(part, text, kept) for part in value)
    if isinstance(value, dict):
        return {name if name in KEYS else name + text: spoiled(part, text, kept) for name, part in value.items()}
    return value + text if isinstance(value, str) and value else value


def proved(
    nodeid: str = f"{TESTS}::test_negative",
    result: str = "passed",
    *,
    lines: Sequence[int] = (4,),
    branches: Sequence[tuple[int, int]] = ((3, 4),),
    detail: str = "",
) -> Callable[[Prove], Answer]:
    """What a run of the test answers: coverage only when it was asked for."""

    def answer(job: Prove) -> Answer:
        outcome = TestOutcome(nodeid=nodeid, result=result, detail=detail, seconds=0.01)
        measured = {path: tuple(lines) for path in job.measure}
        taken = {path: tuple(branches) for path in job.measure}
        return Proved(outcomes=(outcome,), lines=measured, branches=taken)

    return answer
