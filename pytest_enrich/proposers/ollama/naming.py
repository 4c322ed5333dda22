"""`name`: a better name for a proven test whose own says little, and a docstring where those round it have one.

The test itself stays as it is, token by token.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Gap, NewTest
from pytest_enrich.proposers.ollama import answer, documenting, inputs, prompt, redact, repair, scenario
from pytest_enrich.proposers.ollama import subject as subjects
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.question import Question
from pytest_enrich.protocols import Task
from pytest_enrich.writing import words

NAME = "name"
PREDICT = {"name": 40, "docstring": 40}
_SMALL = frozenset(
    {"a", "an", "the", "is", "in", "of", "for", "and", "or", "not", "with", "test", "def", "return"}
)
LONGEST, LONGEST_REST = 72, 40
FEWEST_PARAMETERS = 3e9
"""Smaller models copy a name from the question."""
STRATEGIES = {inputs.NAME, "seed"}
"""Those that name tests after conditions; a whole test has the model's own name."""


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
            made = documenting.with_docstring(made, said.get("docstring"), _known(task, test, gap))
        return made if patch.body_of(made) == patch.body_of(test) and made.code != test.code else None

    def _wanted(self, task: Task, test: NewTest) -> tuple[str, ...]:
        """What the model is asked for, of `name` and `docstring`."""
        is_small = 0 < self._asker.model.pulled.parameters < FEWEST_PARAMETERS
        if is_small or redact.is_excluded(task.target.path, self._excluded):
            return ()
        strategy = test.origin.strategy
        is_nameless = strategy in STRATEGIES and says_little(test.name, task.target.qualname)
        is_ours = strategy in {*STRATEGIES, scenario.NAME, repair.NAME}
        is_bare = is_ours and documenting.is_usual(task) and not documenting.docstring(test.code)
        return (*("name",) * is_nameless, *("docstring",) * is_bare)

    def _question(self, task: Task, test: NewTest, gap: Gap, wanted: Sequence[str]) -> Question:
        page = subjects.page(subjects.of(task.target, task.source_text))
        shown = test.code.replace(test.name, "test_...", 1) if "name" in wanted else test.code
        return Question(
            strategy=NAME,
            about=f"{task.target.path}::{task.target.qualname}",
            messages=prompt.words(prompt.inputs(page, gap), shown, wanted),
            schema=_schema(words.snake(task.target.qualname), wanted),
            predict=sum(PREDICT[one] for one in wanted),
            temperature=0.0,
            seed=task.seed,
        )


def _schema(function: str, wanted: Sequence[str]) -> dict[str, Any]:
    """Of the reply: a small model would say the function's name again, so that has to be gone on with."""
    pattern = f"^test_{function}_[a-z][a-z0-9_]{{3,{LONGEST_REST}}}$"
    known = {
        "name": {"type": "string", "pattern": pattern},
        "docstring": {"type": "string", "maxLength": documenting.LONGEST},
    }
    return {"type": "object", "properties": {one: known[one] for one in wanted}, "required": list(wanted)}


def says_little(name: str, qualname: str) -> bool:
    """Whether a test's name says no more than which function it tests, and a number."""
    said = re.sub(r"_\d+$", "", name.removeprefix("test_"))
    return said in {words.snake(qualname), words.snake(qualname.rpartition(".")[2]), ""}


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
    try:
        nodes = ast.walk(ast.parse(task.test_text))
    except (SyntaxError, ValueError, RecursionError):
        return thought
    return thought | {one.name for one in nodes if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
