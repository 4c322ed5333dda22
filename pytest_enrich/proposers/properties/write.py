"""A law as a short `@given` test, in the style of the file it goes into."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich import imports, patch
from pytest_enrich.data import NewTest, Oracle, Origin, Target, Template
from pytest_enrich.errors import RefusedError
from pytest_enrich.proposers.properties.draw import Drawn
from pytest_enrich.proposers.properties.law import Law
from pytest_enrich.protocols import Task

LONGEST_LINE = 110
STRATEGIES = "from hypothesis import strategies as st"
BY_KEYWORD = re.compile(r"@(?:\w+\.)?given\(\s*\w+\s*=")
METHODS = {"==": "assertEqual", ">=": "assertGreaterEqual", "<=": "assertLessEqual", ">": "assertGreater"}
DRAWN = re.compile(r"\{(\w+)\}")


class Desk(Struct, frozen=True, kw_only=True, eq=False):
    """Where tests for one target are written: what the file says already, and the names that are taken there."""

    target: Target
    text: str
    bindings: imports.Bindings
    tests: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]
    origin: Origin

    @classmethod
    def of(cls, task: Task, origin: Origin) -> Desk:
        """The desk for a task; a test file that cannot be parsed is as good as a new one here."""
        package = ".".join(task.target.placement.path.split("/")[:-1])
        try:
            bindings, tree = imports.read(task.test_text, package), ast.parse(task.test_text)
        except (RefusedError, SyntaxError, ValueError, RecursionError):
            bindings, tree = imports.Bindings(), ast.Module(body=[], type_ignores=[])
        tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        return cls(target=task.target, text=task.test_text, bindings=bindings, tests=tuple(tests), origin=origin)

    def knows(self, law: Law) -> bool:
        """Whether a `@given` test of the file says it already."""
        names = {function.name.strip("_") for function in law.functions}
        given = [one for one in self.tests if any("given" in ast.unparse(part) for part in one.decorator_list)]
        called = (
            {_last(part.func) for part in ast.walk(one) if isinstance(part, ast.Call)}
            for one in given
            if one.name == f"test_{law.name}" or len(law.functions) > 1
        )
        return any(names <= found for found in called)

    def write(self, law: Law, drawn: Drawn, every: str, *, above: Sequence[Template] = ()) -> NewTest | None:
        """The test, or None when it would not be readable.

        Args:
            law: What it checks.
            drawn: The strategies of its inputs.
            every: The inputs, in words.
            above: Decorators to put above its own.
        """
        local = self._local(law)
        body = _body(law, local, unittest=self.target.placement.style == "unittest")
        given = self._given(law, drawn, local)
        lines = [*(f"@{one}" for one in above), f"@⟨hypothesis:given⟩({given})", *body]
        resolved = self._resolve(lines, local)
        if resolved is None or any(len(line) > LONGEST_LINE - 4 for line in resolved.codes):
            return None
        name = self._free(f"test_{law.name}")
        bound = [] if self.target.placement.style == "function" else ["self"]
        head = len(lines) - len(body)
        code = [
            *resolved.codes[:head],
            f"def {name}({', '.join([*bound, *local.values()])}):",
            *(f"    {line}" for line in resolved.codes[head:]),
        ]
        oracle = Oracle(line=len(code), what=law.title.partition(": ")[2], source="property", look=True)
        return NewTest(
            name=name,
            code="\n".join(code) + "\n",
            imports=resolved.imports,
            placement=self.target.placement,
            title=law.title,
            look=law.question.replace("{every}", f"every {every}"),
            oracle=(oracle,),
            origin=self.origin,
            gaps=tuple(gap.id for gap in self.target.gaps),
        )

    def _local(self, law: Law) -> dict[str, str]:
        """What each input is called in the test: as its parameter, unless that means something else there."""
        names: dict[str, str] = {}
        for one in law.inputs:
            name = one.parameter.name.strip("_") or "value"
            clash = name in self.bindings.taken or hasattr(builtins, name) or name in {"result", "st", "self"}
            clash = clash or name in {function.name for function in law.functions}
            wanted = "value" if clash else name
            names[one.parameter.name] = wanted if wanted not in names.values() else f"{wanted}_{len(names) + 1}"
        return names

    def _given(self, law: Law, drawn: Drawn, local: dict[str, str]) -> Template:
        if len(drawn) == 1 and not BY_KEYWORD.search(self.text):
            return drawn[0].template
        pairs = zip(law.inputs, drawn, strict=True)
        return ", ".join(f"{local[one.parameter.name]}={strategy.template}" for one, strategy in pairs)

    def _resolve(self, lines: Sequence[Template], local: dict[str, str]) -> imports.ResolvedAll | None:
        bindings = imports.reserve(self.bindings, {*local.values(), "result"} - self.bindings.taken)
        more: list[str] = []
        if not _has_strategies(bindings) and "st" not in bindings.taken:
            bindings, more = imports.extend(bindings, [STRATEGIES]), [STRATEGIES]
        try:
            resolved = imports.resolve_all(lines, bindings)
        except ValueError:
            return None
        return imports.ResolvedAll(
            codes=resolved.codes, imports=(*more, *resolved.imports), bindings=resolved.bindings
        )

    def _free(self, name: str) -> str:
        taken, number, free = {one.name for one in self.tests}, 2, name
        while free in taken:
            number, free = number + 1, f"{name}_{number}"
        return free


def _has_strategies(bindings: imports.Bindings) -> bool:
    """Whether the file has its own way of naming strategies."""
    whole = any("hypothesis.strategies" in meanings for meanings in bindings.modules.values())
    meanings = [meaning for found in bindings.objects.values() for meaning in found]
    return whole or any(one.startswith(("hypothesis.strategies:", "hypothesis:strategies")) for one in meanings)


def _body(law: Law, local: dict[str, str], *, unittest: bool) -> list[Template]:
    """The statements, with the inputs by their names."""

    def named(template: Template) -> Template:
        return DRAWN.sub(lambda match: local.get(match[1], match[1]), template)

    left, right = named(law.left), named(law.right)
    told = patch.relation(left, law.relation, right) if law.relation else left
    if unittest and law.relation in METHODS:
        check = f"self.{METHODS[law.relation]}({left}, {right})"
    else:
        check = f"self.assertTrue({told})" if unittest else f"assert {told}"
    result = [f"result = {named(law.result)}"] if law.result else []
    return [*([named(law.scene)] if law.scene else []), *result, check]


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
