"""What a model can do, as shown by three tiny tasks like its later work, never guessed from its size.

Each is asked when the work that it stands for first comes up; the replies are stored with all others, by the
model's digest.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

from pytest_enrich.proposers.ollama import naming, prompt, reply, use, wording
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.protocol import Message, Options
from pytest_enrich.proposers.ollama.question import Question
from pytest_enrich.writing.syntax import arguments, last_name, literal_value, nodes_of

Role: TypeAlias = Literal["names", "use", "tests"]
IN_WORDS: dict[Role, str] = {"names": "names", "use": "texts and scripts", "tests": "whole tests"}
ABILITY = "ability"
SECONDS = 7.0
"""How long each may take, beyond reading what all questions of its kind begin with."""
TARGET = "example.py::shorten"
_SHORTEN = f'''# example.py
# target: {TARGET}
def shorten(text, limit):
    """Cut a text that is longer than the limit."""
    if len(text) <= limit:
        return text
    return text[:limit] + "..."  # <== never run so far

Write one short test that makes shorten get to the marked line, and asserts what it does.'''
_READ = '''# example.py
def read_settings(text):
    """Read lines such as `name = value`; `#` begins a comment."""
    ...

A test calls read_settings(text). Write one realistic text of three lines for it. The text only,
between triple quotes.'''
_AGE = '''# target: person.py::parse_age
def parse_age(text):
    """Read the age of a person."""
    age = int(text)
    if age < 0:  # <==
        raise ValueError("age is negative")  # <==
    return age
'''
_AGE_TEST = """def test_...():
    with pytest.raises(ValueError, match="age is negative"):
        parse_age("-4")
"""


def look(asker: Asker) -> dict[Role, bool]:
    """Whether a model can do what each role takes; a role that is left out is unknown."""
    shown = {role: show(asker, role) for role in IN_WORDS}
    return {role: is_able for role, is_able in shown.items() if is_able is not None}


def show(asker: Asker, role: Role) -> bool | None:
    """Whether a model can do what a role takes; None where it does not answer in time."""
    question, holds = _TASKS[role]
    answered = asker.ask(question)
    return None if answered is None else holds(answered.text)


def told(able: dict[Role, bool]) -> str:
    """The result in words: `texts and scripts, names; not whole tests`."""
    good, bad, unknown = (
        ", ".join(words for role, words in IN_WORDS.items() if able.get(role) is wanted)
        for wanted in (True, False, None)
    )
    later = f"not known yet, no answer in time: {unknown}" if unknown else ""
    return "; ".join(filter(None, (good, f"not {bad}" if bad else "", later)))


def _writes_tests(text: str) -> bool:
    """Whether a test asserts something and gets to the marked line; the code will say which value is right."""
    return any("assert" in test.code and any(map(_is_cut, _calls(test.code))) for test in reply.read(text))


def _writes_texts(text: str) -> bool:
    texts = use.written(text, "text")
    return any(len(re.findall(r"^\s*[\w.-]+\s*=\s*\S", sample, re.MULTILINE)) > 1 for sample in texts)


def _names(text: str) -> bool:
    return wording.is_fitting(wording.read(text).name, "parse_age", f"{_AGE} {_AGE_TEST}")


def _calls(code: str) -> Iterator[tuple[object, ...]]:
    """The arguments of each call of the example's function that are literals, or names of literals."""
    tree = ast.parse(code)
    assigned = {ast.unparse(node.targets[0]): node.value for node in nodes_of(ast.Assign, tree)}
    for call in nodes_of(ast.Call, tree):
        if last_name(call.func) == "shorten":
            values = [literal_value(assigned.get(ast.unparse(node), node)) for node in arguments(call)]
            yield tuple(value[0] for value in values if value is not None)


def _is_cut(arguments: tuple[object, ...]) -> bool:
    match arguments:
        case (str(text), int(limit)):
            return len(text) > limit
    return False


def _question(predict: int, *messages: Message) -> Question:
    options = Options(predict=predict, temperature=0.0)
    return Question(strategy=ABILITY, about="", messages=messages, options=options, within=SECONDS)


_TASKS: dict[Role, tuple[Question, Callable[[str], bool]]] = {
    "tests": (_question(80, prompt.INSTRUCTION, Message(role="user", content=_SHORTEN)), _writes_tests),
    "use": (_question(48, prompt.USER, Message(role="user", content=_READ)), _writes_texts),
    "names": (_question(28, *naming.FIRST, naming.about(_AGE, _AGE_TEST, naming.NAME)), _names),
}
