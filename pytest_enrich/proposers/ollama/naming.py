"""`name`: a better name for a proven test whose own says little, and a docstring where those round it have one.

The test itself stays as it is, token by token.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Gap, NewTest
from pytest_enrich.imports import only_statement, parsed
from pytest_enrich.proposers.ollama import answer, inputs, prompt, repair, scenario
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.inputs import page_of, subject_of
from pytest_enrich.proposers.ollama.question import Question, about_target, is_excluded
from pytest_enrich.protocols import Task
from pytest_enrich.writing import words

NAME = "name"
PREDICT = {"name": 40, "docstring": 40}
_SMALL = frozenset(
    {"a", "an", "the", "is", "in", "of", "for", "and", "or", "not", "with", "test", "def", "return"}
)
LONGEST, LONGEST_REST = 72, 40
STRATEGIES = {inputs.NAME, "seed"}
"""Those that name tests after conditions; a whole test has the model's own name."""

SHORTEST_SENTENCE, LONGEST_SENTENCE = 8, 76


class Naming:
    """Asks one model for names and docstrings."""

    def __init__(self, asker: Asker, excluded: Sequence[str] = ()) -> None:
        self._asker = asker
        self._excluded = excluded

    def named(self, task: Task, test: NewTest) -> NewTest | None:
        """The same test with the model's words for it; None where its own are good, or the model's no better."""
        target = task.target
        gap = next((one for one in target.gaps if one.id in test.gaps), None)
        wanted = self._wanted(task, test)
        if gap is None or not target.entries or not wanted:
            return None
        answered = self._asker.ask(self._question(task, test, gap, wanted))
        said = next(iter(answer.inputs(answered.text)), {}) if answered else {}
        made = _renamed(task, test, gap, said) if "name" in wanted else test
        if "docstring" in wanted:
            made = _with_docstring(made, said.get("docstring"), _known(task, test, gap))
        return made if patch.body_of(made) == patch.body_of(test) and made.code != test.code else None

    def _wanted(self, task: Task, test: NewTest) -> tuple[str, ...]:
        """What the model is asked for, of `name` and `docstring`."""
        # A small model copies a name from the question.
        if self._asker.model.is_small or is_excluded(task.target.path, self._excluded):
            return ()
        strategy = test.origin.strategy
        is_nameless = strategy in STRATEGIES and says_little(test.name, task.target.qualname)
        is_ours = strategy in {*STRATEGIES, scenario.NAME, repair.NAME}
        is_bare = is_ours and _is_docstring_usual(task) and not _docstring_of(test.code)
        return (*("name",) * is_nameless, *("docstring",) * is_bare)

    def _question(self, task: Task, test: NewTest, gap: Gap, wanted: Sequence[str]) -> Question:
        page = page_of(subject_of(task.target, task.source_text))
        shown = test.code.replace(test.name, "test_...", 1) if "name" in wanted else test.code
        return Question(
            strategy=NAME,
            about=about_target(task.target),
            messages=prompt.words(prompt.inputs(page, gap), shown, wanted),
            schema=_schema(words.snake(task.target.qualname), wanted),
            predict=sum(PREDICT[one] for one in wanted),
            temperature=0.0,
            seed=task.seed,
        )


def says_little(name: str, qualname: str) -> bool:
    """Whether a test's name says no more than which function it tests, and a number."""
    said = re.sub(r"_\d+$", "", name.removeprefix("test_"))
    return said in {words.snake(qualname), words.snake(qualname.rpartition(".")[2]), ""}


def _is_docstring_usual(task: Task) -> bool:
    """Whether the nearest test of the file that the new one goes into has a docstring."""
    near = (prompt.find_test(task.test_text, nodeid) for nodeid in prompt.near_tests(task.target))
    nearest = next((found for found in near if found), None)
    return nearest is not None and ast.get_docstring(nearest) is not None


def _docstring_of(code: str) -> str:
    """Of the function that a test is, "" for none."""
    function = only_statement(code)
    return ast.get_docstring(function) or "" if isinstance(function, ast.FunctionDef) else ""


def _with_docstring(test: NewTest, said: object, known: AbstractSet[str]) -> NewTest:
    """The test with a model's sentence, as it is when that is none or has nothing to do with it.

    `known` are the words that tell of the test.
    """
    sentence = _sentence(said)
    if not sentence or not set(words.snake(sentence).split("_")) & known:
        return test
    (function,) = ast.parse(test.code).body
    assert isinstance(function, ast.FunctionDef)
    first = function.body[0].lineno
    lines = test.code.splitlines(keepends=True)
    indent = re.match(r"\s*", lines[first - 1])
    lines.insert(first - 1, f'{indent[0] if indent else ""}"""{sentence}"""\n')
    moved = [replace(one, line=one.line + (one.line >= first)) for one in test.oracle]
    return replace(test, code="".join(lines), oracle=tuple(moved))


def _schema(function: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Of the reply: a small model would say the function's name again, so that has to be gone on with."""
    pattern = f"^test_{function}_[a-z][a-z0-9_]{{3,{LONGEST_REST}}}$"
    known = {
        "name": {"type": "string", "pattern": pattern},
        "docstring": {"type": "string", "maxLength": LONGEST_SENTENCE},
    }
    return {"type": "object", "properties": {one: known[one] for one in wanted}, "required": list(wanted)}


def _renamed(task: Task, test: NewTest, gap: Gap, said: dict[str, Any]) -> NewTest:
    """Under the model's name, unless it is none, is taken, or says nothing."""
    name = _name(said.get("name"))
    if not name or name in _taken(task) or not _fits(name, task, test, gap):
        return test
    return replace(test, name=name, code=test.code.replace(f"def {test.name}(", f"def {name}(", 1))


def _fits(name: str, task: Task, test: NewTest, gap: Gap) -> bool:
    """Whether a name says something of the test, the condition or the function: words of the prompt do not."""
    function = set(words.snake(task.target.qualname).split("_"))
    told = set(name.removeprefix("test_").split("_")) - function - _SMALL
    return not says_little(name, task.target.qualname) and bool(told & _known(task, test, gap))


def _known(task: Task, test: NewTest, gap: Gap) -> frozenset[str]:
    """The words that tell of the test, the condition or the function."""
    return frozenset(words.snake(f"{test.code} {gap.text} {task.target.source}").split("_")) - _SMALL


def _name(given: object) -> str:
    """A model's name, "" for one that nobody would give a test."""
    plain = re.sub(r"\W+", "_", given).strip("_").lower() if isinstance(given, str) else ""
    name = plain if plain.startswith("test_") else f"test_{plain}"
    return name if re.fullmatch(r"test_[a-z][a-z0-9]*(_[a-z0-9]+)+", name) and len(name) <= LONGEST else ""


def _taken(task: Task) -> set[str]:
    """Names of the test file, and of what was thought of for it in this run."""
    thought = {one.candidate.name for one in task.attempts}
    tree = parsed(task.test_text)
    nodes = ast.walk(tree) if tree else ()
    return thought | {one.name for one in nodes if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def _sentence(said: object) -> str:
    """One line that can stand between quotes, "" for anything else."""
    plain = said.strip() if isinstance(said, str) else ""
    is_plain = plain.isprintable() and not set(plain) & set('\\"`<>{}') and "::" not in plain
    is_sentence = " " in plain and plain[:1].isalnum() and SHORTEST_SENTENCE <= len(plain) <= LONGEST_SENTENCE
    return f"{plain[0].upper()}{plain[1:].rstrip('.')}." if is_plain and is_sentence else ""
