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
from pytest_enrich.imports import parsed
from pytest_enrich.proposers.ollama import prompt
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.protocol import Message
from pytest_enrich.proposers.ollama.question import Question, about_target, is_excluded
from pytest_enrich.protocols import Task
from pytest_enrich.writing import names
from pytest_enrich.writing.renderer import bindings_of, is_readable
from pytest_enrich.writing.syntax import Function

NAME = "scenario"
MOST_GAPS = 2
PREDICT = 400
TEMPERATURE = 0.2

MOST_LINES = 25
_SHOWN = 60
_LOOK = "the model expected this and the code does it; no docstring promises it"
_FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\r?\n(.*?)(?:```|\Z)", re.DOTALL)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_OBJECTS = {
    "Counter": "collections", "Decimal": "decimal", "Fraction": "fractions", "OrderedDict": "collections",
    "Path": "pathlib", "PurePath": "pathlib", "StringIO": "io", "BytesIO": "io", "SimpleNamespace": "types",
    "UUID": "uuid", "date": "datetime", "defaultdict": "collections", "deque": "collections",
    "timedelta": "datetime", "timezone": "datetime",
}  # fmt: skip
_MODULES = {"pytest", "collections", "datetime", "decimal", "fractions", "io", "math", "pathlib", "types", "uuid"}
"""What a test may import although the module under test does not."""


class Scenario:
    """The strategy as a proposer."""

    name = "ollama"

    def __init__(self, asker: Asker, excluded: Sequence[str] = ()) -> None:
        self._writer = Writer(asker, excluded)

    def propose(self, task: Task) -> Iterator[Candidate]:
        """The tests that the model writes for a few of the gaps, those without a chance left out."""
        if not self._writer.may_ask(task.target, NAME):
            return
        taken: frozenset[str] = frozenset()
        for gap in task.target.gaps[:MOST_GAPS]:
            for test in self._writer.ask(NAME, task, gap, self._writer.messages(task, gap), taken):
                taken |= {test.name}
                yield test


class Writer:
    """Has a model write whole tests, for the strategies that do."""

    def __init__(self, asker: Asker, excluded: Sequence[str]) -> None:
        self._asker = asker
        self._excluded = excluded

    def may_ask(self, target: Target, strategy: str) -> bool:
        """Whether the model may be asked about this target, and whether that ever led anywhere."""
        is_open = bool(target.entries) and not is_excluded(target.path, self._excluded)
        return is_open and not self._asker.is_barren(strategy)

    def messages(self, task: Task, gap: Gap) -> tuple[Message, ...]:
        """The chat that asks for a whole test."""
        is_open = not is_excluded(task.target.placement.path, self._excluded)
        test_text = task.test_text if is_open else ""
        return prompt.scenario(task.target, gap, task.source_text, test_text, task.turned_down)

    def ask(
        self, strategy: str, task: Task, gap: Gap, messages: tuple[Message, ...], taken: frozenset[str]
    ) -> Iterator[NewTest]:
        """The tests of the reply that could run, under names that are not among `taken`."""
        question = Question(
            strategy=strategy,
            about=about_target(task.target),
            messages=messages,
            predict=PREDICT,
            temperature=TEMPERATURE,
            seed=task.seed,
        )
        answered = self._asker.ask(question)
        if answered is None:
            return
        model = self._asker.model.pulled.name
        origin = Origin(proposer="ollama", seed=task.seed, model=model, strategy=strategy, prompt=answered.prompt)
        renderer = ReplyRenderer.of(task, gap, origin, taken)
        for function in written_tests(answered.text):
            self._asker.tally[f"{strategy} given"] += 1
            test = renderer.write(function)
            if test is not None:
                self._asker.tally[f"{strategy} valid"] += 1
                yield test
                renderer = replace(renderer, taken=renderer.taken | {test.name})


def written_tests(reply: str) -> list[Function]:
    """The test functions in a reply, whatever a model writes round them."""
    plain = _THOUGHT.sub("", reply)
    for part in (*(match[1] for match in _FENCE.finditer(plain)), plain):
        functions = [function for function in _functions(part) if function.name.startswith("test")]
        if functions:
            return functions
    return []


class ReplyRenderer(Struct, frozen=True, kw_only=True):
    """Writes the tests for one gap: it knows what the test file and the module under test have by name.

    `known` are the meanings (`module:name`, `module:` for a module) of the names that a test may use.
    """

    target: Target
    gap: Gap
    bindings: imports.Bindings
    known: dict[str, str]
    taken: frozenset[str]
    origin: Origin

    @classmethod
    def of(cls, task: Task, gap: Gap, origin: Origin, taken: frozenset[str] = frozenset()) -> ReplyRenderer:
        """The renderer for a task; a test file that cannot be parsed is as good as a new one here."""
        bindings = bindings_of(task.test_text, task.target.placement.path)
        return cls(
            target=task.target,
            gap=gap,
            bindings=bindings,
            known=_known(task.target.module, task.source_text),
            taken=taken | names.functions(task.test_text) | bindings.taken,
            origin=origin,
        )

    def write(self, function: Function) -> NewTest | None:
        """The candidate, or None for what nobody could run or would read: invented names, decorators, length."""
        if isinstance(function, ast.AsyncFunctionDef) or function.decorator_list or not self._may_take(function):
            return None
        function.name = names.free([_plain_name(function.name)], self.taken)
        function.body = _without_docstring(function.body)
        code = ast.unparse(ast.fix_missing_locations(function)) + "\n"
        statements = self._imports(code)
        if statements is None or not is_readable([code]) or code.count("\n") > MOST_LINES:
            return None
        return NewTest(
            name=function.name,
            code=code,
            imports=statements,
            placement=self.target.placement,
            title=f"{self.target.qualname}: {function.name.removeprefix('test_').replace('_', ' ')}",
            look=_LOOK,
            oracle=tuple(_oracles(code)),
            origin=self.origin,
            gaps=(self.gap.id, *(gap.id for gap in self.target.gaps if gap.id != self.gap.id)),
        )

    def _may_take(self, function: ast.FunctionDef) -> bool:
        """Whether its parameters are fixtures that exist; `self` is put in front where tests are methods."""
        style, parameters = self.target.placement.style, function.args
        fixtures = [parameter.arg for parameter in parameters.args if parameter.arg != "self"]
        if ast.unparse(parameters) != ", ".join(parameter.arg for parameter in parameters.args):
            return False
        parameters.args = [ast.arg(name) for name in ([] if style == "function" else ["self"]) + fixtures]
        return set(fixtures) <= set(self.target.fixtures) and not (fixtures and style == "unittest")

    def _imports(self, code: str) -> tuple[str, ...] | None:
        """The statements for the names that the file does not have, None when one of them is invented."""
        try:
            missing = imports.needs(code, self.bindings).missing
        except SyntaxError:  # what only a compiler refuses: a `nonlocal` without one
            return None
        lacking = [name for name in missing if name not in self.bindings.taken]
        if not all(name in self.known for name in lacking):
            return None
        return tuple(_statement(name, self.known[name]) for name in lacking)


def _functions(text: str) -> Iterator[Function]:
    """The functions of a text, and of its classes; when it breaks off, of what stands before the last function."""
    lines = text.strip().splitlines()
    starts = [index for index, line in enumerate(lines) if re.match(r"(async )?def |@|class ", line)]
    trees = (parsed("\n".join(lines[:end])) for end in (len(lines), *reversed(starts[1:])))
    tree = next((tree for tree in trees if tree is not None), None)
    for node in tree.body if tree is not None else ():
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (function for function in inside if isinstance(function, Function))


def _known(module: str, source_text: str) -> dict[str, str]:
    """What names mean: those that everybody knows, what a module imports, and what it defines."""
    bindings, tree = bindings_of(source_text, module.replace(".", "/")), parsed(source_text)
    public = (node.name for node in (tree.body if tree else ()) if isinstance(node, Function | ast.ClassDef))
    return {
        **{name: f"{name}:" for name in _MODULES},
        **{name: f"{source}:{name}" for name, source in _OBJECTS.items()},
        **{name: f"{meanings[0]}:" for name, meanings in bindings.modules.items() if meanings},
        **{name: meanings[0] for name, meanings in bindings.objects.items() if meanings},
        **{name: f"{module}:{name}" for name in public if name[0] != "_"},
    }


def _statement(name: str, meaning: str) -> str:
    module, _, member = meaning.partition(":")
    alias = "" if name == (member or module) else f" as {name}"
    return f"from {module} import {member}{alias}" if member else f"import {module}{alias}"


def _plain_name(name: str) -> str:
    """The model's name for a test in plain letters, short."""
    plain = re.sub(r"[^a-z0-9_]", "", name.lower())[:_SHOWN].rstrip("_")
    return plain if re.fullmatch(r"test_[a-z0-9_]+", plain) else "test_scenario"


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    is_text = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1:] or [ast.Pass()] if is_text else body


def _oracles(code: str) -> Iterator[Oracle]:
    """What it asserts, which the model expected: the first is what a person should check."""
    look = True
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assert):
            yield Oracle(line=node.lineno, what=ast.unparse(node.test)[:_SHOWN], source="model", look=look)
            look = False
