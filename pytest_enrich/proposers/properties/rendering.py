"""A law as a short `@given` test, in the style of the file it goes into."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import NewTest, Oracle, Origin, Template
from pytest_enrich.imports import parsed
from pytest_enrich.proposers.properties.drawing import Drawn
from pytest_enrich.proposers.properties.laws import Law
from pytest_enrich.protocols import Task
from pytest_enrich.writing import names
from pytest_enrich.writing.renderer import INDENT, LONGEST_LINE, Renderer, indented
from pytest_enrich.writing.syntax import functions_in, last_name, nodes_of, relation

STRATEGIES = "from hypothesis import strategies as st"
BY_KEYWORD = re.compile(r"@(?:\w+\.)?given\(\s*\w+\s*=")
DRAWN = re.compile(r"\{(\w+)\}")


class LawRenderer(Renderer, frozen=True, kw_only=True):
    """Renders laws."""

    @classmethod
    def of(cls, task: Task, origin: Origin) -> LawRenderer:
        """That for a task."""
        return cls(target=task.target, text=task.test_text, placement=task.target.placement, origin=origin)

    def knows(self, law: Law) -> bool:
        """Whether a `@given` test of the file says it already."""
        wanted = {function.name.strip("_") for function in law.functions}
        tests = _given_tests(self.text)
        called = (calls for name, calls in tests if name == f"test_{law.name}" or len(law.functions) > 1)
        return any(wanted <= calls for calls in called)

    def write(self, law: Law, drawn: Drawn, every: str, *, above: Sequence[Template] = ()) -> NewTest | None:
        """The test, or None when it would not be readable.

        Args:
            law: What it checks.
            drawn: The strategies of its inputs.
            every: The inputs, in words.
            above: Decorators to put above its own.
        """
        local = self._local(law)
        body = _body(law, local, unittest=self.placement.style == "unittest")
        given = self._given(law, drawn, local)
        lines = [*(f"@{decorator}" for decorator in above), f"@⟨hypothesis:given⟩({given})", *body]
        has_own = _has_strategies(self.bindings) or "st" in self.bindings.taken
        variables = {*local.values(), "result"} - self.bindings.taken
        resolved = self.resolve(lines, variables, () if has_own else (STRATEGIES,))
        if resolved is None or any(len(line) > LONGEST_LINE - len(INDENT) for line in resolved.codes):
            return None
        name = names.free([f"test_{law.name}"], self.taken)
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
            look=law.question.replace("{every}", f"every {every}"),
            oracle=(oracle,),
            origin=replace(self.origin, rules=(law.rule,)),
            gaps=tuple(gap.id for gap in self.target.gaps),
        )

    def _local(self, law: Law) -> dict[str, str]:
        """What each input is called in the test: as its parameter, unless that means something else there."""
        local: dict[str, str] = {}
        for given in law.inputs:
            name = given.parameter.name.strip("_") or "value"
            clash = name in self.bindings.taken or hasattr(builtins, name) or name in {"result", "st", "self"}
            clash = clash or name in {function.name for function in law.functions}
            wanted = "value" if clash else name
            local[given.parameter.name] = wanted if wanted not in local.values() else f"{wanted}_{len(local) + 1}"
        return local

    def _given(self, law: Law, drawn: Drawn, local: dict[str, str]) -> Template:
        if len(drawn) == 1 and not BY_KEYWORD.search(self.text):
            return drawn[0].template
        pairs = zip(law.inputs, drawn, strict=True)
        return ", ".join(f"{local[given.parameter.name]}={strategy.template}" for given, strategy in pairs)


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def _given_tests(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The tests of a file that Hypothesis draws for, each with the names of what it calls."""
    tree = parsed(text)
    tests = functions_in(tree) if tree is not None else ()
    given = (test for test in tests if any("given" in ast.unparse(mark) for mark in test.decorator_list))
    return tuple((test.name, frozenset(_called(test))) for test in given)


def _called(test: ast.AST) -> set[str]:
    return {last_name(call.func) for call in nodes_of(ast.Call, test)}


def _has_strategies(bindings: imports.Bindings) -> bool:
    """Whether the file has its own way of naming strategies."""
    whole = any("hypothesis.strategies" in meanings for meanings in bindings.modules.values())
    meanings = [meaning for known in bindings.objects.values() for meaning in known]
    return whole or any(
        meaning.startswith(("hypothesis.strategies:", "hypothesis:strategies")) for meaning in meanings
    )


def _body(law: Law, local: dict[str, str], *, unittest: bool) -> list[Template]:
    """The statements, with the inputs by their names."""

    def named(template: Template) -> Template:
        return DRAWN.sub(lambda match: local.get(match[1], match[1]), template)

    left, right = named(law.left), named(law.right)
    check = f"self.assertEqual({left}, {right})" if unittest else f"assert {relation(left, '==', right)}"
    result = [f"result = {named(law.result)}"] if law.result else []
    return [*([named(law.scene)] if law.scene else []), *result, check]
