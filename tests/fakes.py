"""Small fakes that several folders of tests share, and short ways to make the nouns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich.data import (
    Answered,
    Argument,
    Call,
    Candidate,
    Entry,
    Execution,
    Failed,
    Finding,
    Gap,
    Job,
    NewTest,
    Observation,
    Oracle,
    Origin,
    Placement,
    Prove,
    Proved,
    Target,
    TestOutcome,
)
from pytest_enrich.data.jobs import Answer
from pytest_enrich.protocols import Task

PATH = "src/shop/cart.py"
TESTS = "tests/test_cart.py"
TEST_TEXT = "from shop.cart import discount\n\n\ndef test_discount():\n    assert discount(10) == 10\n"
CODE = "def test_negative():\n    assert discount(-1) == 0\n"


class ScriptedSandbox:
    """Answers from a script: for each kind of job what it answers, in order; the last answer is given again.

    What is no `Execution` is wrapped in `Answered`; a callable is asked with the job. `jobs` are those it got.
    """

    isolation = "scripted"
    notes: tuple[str, ...] = ()

    def __init__(self, script: dict[type, object]) -> None:
        self._script = {
            kind: deque(answers if isinstance(answers, list) else [answers]) for kind, answers in script.items()
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
        last_line=9,
        source="def discount(total): ...\n",
        gaps=own,
        conditions=tuple(() for _ in own),
        placement=Placement(path=TESTS, anchor="test_discount"),
        digest="digest",
        entries=(Entry(qualname="discount", kind="function"),),
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
