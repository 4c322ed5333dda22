"""`scenario`: ask for a whole short test; it is kept when the code does what the model expected, and gains.

The function that a model wrote becomes a candidate under a free name, with the imports that it lacks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import imports
from pytest_enrich.data import Candidate, Gap, NewTest, Oracle, Origin, Target
from pytest_enrich.errors import RefusedError
from pytest_enrich.proposers.ollama import answer, prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.inputs import page_of, subject_of
from pytest_enrich.proposers.ollama.protocol import Message
from pytest_enrich.proposers.ollama.question import Question, about_target, is_excluded
from pytest_enrich.proposers.ollama.value import KNOWN_MODULES, KNOWN_OBJECTS, Names, names_of
from pytest_enrich.protocols import Task

NAME = "scenario"
MOST_GAPS = 2
PREDICT = 400
TEMPERATURE = 0.2

LONGEST_LINE = 110
MOST_LINES = 25
_SHOWN = 60
_LOOK = "the model expected this and the code does it; no docstring promises it"


class Scenario:
    """The strategy as a proposer; `literal` says that no code that a model wrote may run: then it is silent."""

    name = "ollama"

    def __init__(self, asker: Asker, excluded: Sequence[str] = (), *, literal: bool) -> None:
        self._writer = Writer(asker, excluded, literal=literal)

    def propose(self, task: Task) -> Iterator[Candidate]:
        """The tests that the model writes for a few of the gaps, those without a chance left out."""
        if not self._writer.may_ask(task.target, NAME):
            return
        taken: frozenset[str] = frozenset()
        for gap in task.target.gaps[:MOST_GAPS]:
            for made in self._writer.ask(NAME, task, gap, self._writer.messages(task, gap), taken):
                taken |= {made.name}
                yield made


class Writer:
    """Has a model write whole tests, for the strategies that do."""

    def __init__(self, asker: Asker, excluded: Sequence[str], *, literal: bool) -> None:
        self._asker = asker
        self._excluded = excluded
        # What a small model writes as a whole test does not pass; its time is better spent on inputs.
        self._is_silent = literal or asker.model.is_small

    def may_ask(self, target: Target, strategy: str) -> bool:
        """Whether this model is asked for whole tests, about this target, and whether that ever led anywhere."""
        is_open = bool(target.entries) and not is_excluded(target.path, self._excluded)
        return is_open and not self._is_silent and not self._asker.is_barren(strategy)

    def messages(self, task: Task, gap: Gap) -> tuple[Message, ...]:
        """The chat that asks for a whole test."""
        is_open = not is_excluded(task.target.placement.path, self._excluded)
        page = page_of(subject_of(task.target, task.source_text))
        return prompt.scenario(page, gap, task.test_text if is_open else "", task.turned_down)

    def ask(
        self, strategy: str, task: Task, gap: Gap, messages: tuple[Message, ...], taken: frozenset[str]
    ) -> Iterator[NewTest]:
        """The tests of the reply that could run, under names that are not among `taken`."""
        answered = self._asker.ask(_question(strategy, task, messages))
        if answered is None:
            return
        model = self._asker.model.pulled.name
        origin = Origin(proposer="ollama", seed=task.seed, model=model, strategy=strategy, prompt=answered.prompt)
        renderer = Renderer.of(task, gap, origin, taken)
        for code in answer.tests(answered.text):
            self._asker.tally[f"{strategy} given"] += 1
            made = renderer.write(code)
            if made is not None:
                self._asker.tally[f"{strategy} valid"] += 1
                yield made
                renderer = renderer.without(made.name)


class Renderer(Struct, frozen=True, kw_only=True):
    """Writes the tests for one gap: it knows what the test file and the module under test have by name."""

    target: Target
    gap: Gap
    bindings: imports.Bindings
    names: Names
    taken: frozenset[str]
    origin: Origin

    @classmethod
    def of(cls, task: Task, gap: Gap, origin: Origin, taken: frozenset[str] = frozenset()) -> Renderer:
        """The renderer for a task; a test file that cannot be parsed is as good as a new one here."""
        package = ".".join(task.target.placement.path.split("/")[:-1])
        try:
            bindings = imports.read(task.test_text, package)
            inner = {
                node.name for node in ast.walk(ast.parse(task.test_text)) if isinstance(node, ast.FunctionDef)
            }
        except (RefusedError, SyntaxError, ValueError):
            bindings, inner = imports.Bindings(), set()
        return cls(
            target=task.target,
            gap=gap,
            bindings=bindings,
            names=names_of(task.target.module, task.source_text),
            taken=taken | inner | bindings.taken,
            origin=origin,
        )

    def without(self, name: str) -> Renderer:
        """The same with one more name taken."""
        return replace(self, taken=self.taken | {name})

    def write(self, code: str) -> NewTest | None:
        """The candidate, or None for what nobody could run or would read: invented names, decorators, length."""
        function = _function(code)
        if function is None or not self._may_take(function):
            return None
        function.name = _free(function.name, self.taken)
        function.body = _without_docstring(function.body)
        text = ast.unparse(ast.fix_missing_locations(function)) + "\n"
        statements = self._imports(text)
        if statements is None or _is_unreadable(text):
            return None
        return NewTest(
            name=function.name,
            code=text,
            imports=statements,
            placement=self.target.placement,
            title=f"{self.target.qualname}: {function.name.removeprefix('test_').replace('_', ' ')}",
            look=_LOOK,
            oracle=tuple(_oracles(text)),
            origin=self.origin,
            gaps=(self.gap.id, *(gap.id for gap in self.target.gaps if gap.id != self.gap.id)),
        )

    def _may_take(self, function: ast.FunctionDef) -> bool:
        """Whether its parameters are fixtures that exist; `self` is put in front where tests are methods."""
        style, parameters = self.target.placement.style, function.args
        plain = [one.arg for one in parameters.args if one.arg != "self"]
        if ast.unparse(parameters) != ", ".join(one.arg for one in parameters.args):
            return False
        parameters.args = [ast.arg(name) for name in ([] if style == "function" else ["self"]) + plain]
        return set(plain) <= set(self.target.fixtures) and not (plain and style == "unittest")

    def _imports(self, text: str) -> tuple[str, ...] | None:
        """The statements for the names that the file does not have, None when one of them is invented."""
        try:
            missing = imports.needs(text, self.bindings).missing
        except SyntaxError:  # what only a compiler refuses: a `nonlocal` without one
            return None
        found = [self._statement(name) for name in missing if name not in self.bindings.taken]
        return None if None in found else tuple(one for one in found if one is not None)

    def _statement(self, name: str) -> str | None:
        if name in self.names.own:
            return f"from {self.target.module} import {name}"
        return next(_statements(name, self.names), None)


def _question(strategy: str, task: Task, messages: tuple[Message, ...]) -> Question:
    return Question(
        strategy=strategy,
        about=about_target(task.target),
        messages=messages,
        predict=PREDICT,
        temperature=TEMPERATURE,
        seed=task.seed,
    )


def _statements(name: str, names: Names) -> Iterator[str]:
    """How a name can be imported: as the module under test does it, or one that everybody knows."""
    for meaning in (*names.bindings.objects.get(name, ()), KNOWN_OBJECTS.get(name, "")):
        module, colon, member = meaning.partition(":")
        if colon:
            yield f"from {module} import {member}" + ("" if member == name else f" as {name}")
    for module in names.bindings.modules.get(name, ()):
        yield f"import {module}" + ("" if module == name else f" as {name}")
    if name in {*KNOWN_MODULES, "pytest"}:
        yield f"import {name}"


def _function(code: str) -> ast.FunctionDef | None:
    """The one plain function that it is."""
    only = imports.only_statement(code)
    return only if isinstance(only, ast.FunctionDef) and not only.decorator_list else None


def _free(name: str, taken: frozenset[str]) -> str:
    """The model's name for it, short, and with a number when the file has it."""
    plain = re.sub(r"[^a-z0-9_]", "", name.lower())[:_SHOWN].rstrip("_")
    first = plain if re.fullmatch(r"test_[a-z0-9_]+", plain) else "test_scenario"
    names = (first, *(f"{first}_{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    is_text = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1:] or [ast.Pass()] if is_text else body


def _is_unreadable(text: str) -> bool:
    lines = text.splitlines()
    return len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines)


def _oracles(text: str) -> Iterator[Oracle]:
    """What it asserts, which the model expected: the first is what a person should check."""
    look = True
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assert):
            yield Oracle(line=node.lineno, what=ast.unparse(node.test)[:_SHOWN], source="model", look=look)
            look = False
