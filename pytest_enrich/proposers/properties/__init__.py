"""`properties`: laws that the source suggests, as short `@given` tests, for teams that use Hypothesis.

They are round trips, found by name, and doing a thing twice. Only what holds and closes a gap with each of several
seeds, and holds with many examples, is proposed.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial

from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import Call, Candidate, Dropped, NewTest, Oracle, Origin, Template
from pytest_enrich.imports import parsed
from pytest_enrich.imports.text import imported
from pytest_enrich.proposers.exploring import record
from pytest_enrich.proposers.properties import laws, outline
from pytest_enrich.proposers.properties.laws import Law
from pytest_enrich.proposers.properties.strategy import Source
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate.gain import gained, placed
from pytest_enrich.validate.proof import Proof, Trial, proved
from pytest_enrich.writing.renderer import INDENT, LONGEST_LINE, Renderer, indented
from pytest_enrich.writing.syntax import calls, functions_in, last_name, relation

STRATEGIES = "from hypothesis import strategies as st"


class LawRenderer(Renderer, frozen=True, kw_only=True):
    """Renders laws."""

    @classmethod
    def of(cls, task: Task, origin: Origin) -> LawRenderer:
        """The renderer for a task."""
        return cls(target=task.target, text=task.test_text, placement=task.target.placement, origin=origin)

    def knows(self, law: Law) -> bool:
        """Whether a `@given` test of the file states the law already."""
        wanted = {function.name.strip("_") for function in law.functions}
        tests = _given_tests(self.text)
        called = (known for name, known in tests if name == f"test_{law.name}" or len(law.functions) > 1)
        return any(wanted <= known for known in called)

    def write(self, law: Law, drawn: Sequence[Template], *, above: Sequence[Template] = ()) -> NewTest | None:
        """The test, or None when it would not be readable.

        Args:
            law: What it checks.
            drawn: The strategies of its inputs.
            above: Decorators to put above its own.
        """
        local = self._local(law)
        body = _body(law, local, unittest=self.placement.style == "unittest")
        given = drawn if len(drawn) == 1 else map("{}={}".format, local.values(), drawn)
        lines = [*(f"@{decorator}" for decorator in above), f"@⟨hypothesis:given⟩({', '.join(given)})", *body]
        variables = {*local.values(), "result"} - self.bindings.taken
        resolved = self.resolve(lines, variables, () if _has_strategies(self.bindings) else (STRATEGIES,))
        if resolved is None or any(len(line) > LONGEST_LINE - len(INDENT) for line in resolved.codes):
            return None
        name = imports.free([f"test_{law.name}"], self.taken)
        head = len(lines) - len(body)
        code = [
            *resolved.codes[:head],
            self.define(name, drawn=local.values()),
            *indented(resolved.codes[head:]),
        ]
        oracle = Oracle(line=len(code), what=law.title.partition(": ")[2], source="property", look=True)
        return NewTest(
            name=name,
            code="\n".join(code) + "\n",
            imports=resolved.imports,
            placement=self.placement,
            title=law.title,
            look=law.question,
            oracle=(oracle,),
            origin=replace(self.origin, rules=(law.rule,)),
            gaps=tuple(gap.id for gap in self.target.gaps),
        )

    def _local(self, law: Law) -> dict[str, str]:
        """The name of each input in the test: its parameter's, unless that means something else there."""
        local: dict[str, str] = {}
        for given in law.inputs:
            name = given.parameter.name.strip("_") or "value"
            clash = name in self.bindings.taken or hasattr(builtins, name) or name in {"result", "st", "self"}
            clash = clash or name in {function.name for function in law.functions}
            wanted = "value" if clash else name
            local[given.parameter.name] = wanted if wanted not in local.values() else f"{wanted}_{len(local) + 1}"
        return local


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def _given_tests(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The `@given` tests of a file, each with the names of what it calls."""
    tree = parsed(text)
    tests = functions_in(tree) if tree is not None else ()
    given = (test for test in tests if any("given" in ast.unparse(mark) for mark in test.decorator_list))
    return tuple((test.name, frozenset(last_name(call.func) for call in calls(test))) for test in given)


def _has_strategies(bindings: imports.Bindings) -> bool:
    """Whether the file has its own name for the strategies module, or uses `st` otherwise."""
    known = itertools.chain.from_iterable((*bindings.modules.values(), *bindings.objects.values()))
    strategies = ("hypothesis.strategies", "hypothesis:strategies")
    return "st" in bindings.taken or any(meaning.startswith(strategies) for meaning in known)


def _body(law: Law, local: dict[str, str], *, unittest: bool) -> list[Template]:
    """The statements of the test, with the inputs by their names."""
    names = {**local, "result": "result"}
    left, right = law.left.format(**names), law.right.format(**names)
    result = f"result = {law.result.format(**names)}" if law.result else ""
    check = f"self.assertEqual({left}, {right})" if unittest else f"assert {relation(left, '==', right)}"
    return [line for line in (law.scene, result, check) if line]


MOST_LAWS = 6
SEEDS = (1, 2, 3)
FEW = 50
"""The number of examples that must close a gap with each seed: half of what a suite usually draws."""
MANY = 500
SECONDS = 30.0
SLOWEST = 3.0
"""How many seconds `FEW` examples may take under coverage."""

Write = Callable[..., NewTest | None]
"""Writes the test, with decorators `above` its own."""


def uses_hypothesis(texts: Iterable[str]) -> bool:
    """Whether one of these test files imports it.

    Declaring the dependency is not enough: nobody in the team may have read such a test yet.
    """
    return any(map(_imports, texts))


class PropertiesProposer:
    """Proposes properties; everything runs in `sandbox`. For suites that `uses_hypothesis` is true of."""

    name = "properties"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each law that holds and closes gaps, the most informative first."""
        # Another seed would give no other ideas.
        if any(attempt.candidate.origin.proposer == self.name for attempt in task.attempts):
            return
        target, module = task.target, outline.read(task.source_text, task.target.module)
        if module is None:
            return
        renderer = LawRenderer.of(task, Origin(proposer=self.name, seed=task.seed, reduced=True))
        source = Source(outline=module, calls=self._calls(task))
        until = time.monotonic() + task.seconds
        for law in laws.find(module, target.qualname.rpartition(".")[2])[:MOST_LAWS]:
            if time.monotonic() > until:
                return
            drawn = None if renderer.knows(law) else source.drawn(law)
            if drawn is not None:
                yield from self._test(task, partial(renderer.write, law, drawn))

    def _test(self, task: Task, write: Write) -> Iterator[NewTest]:
        """The test of a law, if it holds and closes gaps."""
        closed = _closed(task, write, self._sandbox)
        written = write() if closed else None
        if written is not None:
            yield replace(written, gaps=closed)

    def _calls(self, task: Task) -> Callable[[str], Sequence[Call]]:
        """The calls that the nearest tests make, recorded on first use."""

        @cache
        def recorded() -> tuple[Call, ...]:
            return record(task.target, self._sandbox).calls

        return lambda qualname: [call for call in recorded() if call.qualname == qualname]


def _closed(task: Task, write: Write, sandbox: Sandbox) -> tuple[str, ...]:
    """The gaps that the test closes each time: run with a few examples and each of the seeds, then with many.

    A gap that only some seeds close does not count: each run of the suite would miss other ones. A test
    that fails, or is slow, closes none.
    """
    closed = tuple(gap.id for gap in task.target.gaps)
    for seed in SEEDS:
        closed_now = _once(task, write(above=_drawing(seed, FEW)), sandbox, measured=True) or ()
        closed = tuple(gap_id for gap_id in closed if gap_id in closed_now)
        if not closed:
            return ()
    last = _once(task, write(above=_drawing(len(SEEDS) + 1, MANY)), sandbox, measured=False)
    return closed if last is not None else ()


def _drawing(seed: int, examples: int) -> list[Template]:
    """Decorators with which nothing depends on the machine: neither what is drawn nor the time for an example."""
    return [
        f"⟨hypothesis:seed⟩({seed})",
        f"⟨hypothesis:settings⟩(max_examples={examples}, deadline=None, database=None)",
    ]


def _once(task: Task, test: NewTest | None, sandbox: Sandbox, *, measured: bool) -> tuple[str, ...] | None:
    """The gaps that the test closes, None unless it passes and is quick."""
    proof = placed(task, test, sandbox, timeout=SECONDS) if test is not None else None
    if not isinstance(proof, Proof):
        return None
    execution = proof.prove(Trial(alone=True, measured=measured))
    outcome, answer = proof.outcome(execution), proved(execution)
    if isinstance(outcome, Dropped) or isinstance(answer, Dropped) or outcome.result != "passed":
        return None
    is_slow = measured and outcome.seconds > SLOWEST
    return None if is_slow else gained(answer, task.target.path, task.target.gaps)[0]


def _imports(text: str) -> bool:
    tree = parsed(text) if "hypothesis" in text else None  # most files are not worth parsing
    nodes = (
        node for node in ast.walk(tree or ast.Module([], [])) if isinstance(node, ast.Import | ast.ImportFrom)
    )
    return any(binding.module.partition(".")[0] == "hypothesis" for node in nodes for binding in imported(node))
