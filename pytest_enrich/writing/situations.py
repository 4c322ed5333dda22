"""The situation and the outcome of a test, in the words of docstrings and parameters.

A situation is a noun (`negative_total`), or begins with a joining word (`without_sep`, `when_it_is_closed`).
`names` turns them into names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pytest_enrich.data import Template
from pytest_enrich.writing import conditions, words
from pytest_enrich.writing.cases import Case
from pytest_enrich.writing.syntax import expression, last_name, literal_value, plain

MOST_NAMED, MOST_WORDS = 2, 5
FEWEST_JOINTS = 2
JOINED = ("with_", "without_", "when_", "for_", "from_", "of_", "after_")
"""The beginning of a situation that needs no other word to join it to the rest."""
SWITCHES = {"True", "False"}
HAPPENING = {"", "any", "encountered", "errors", "happens", "occurred", "occurs", "problem", "raised", "some"}
"""Words that, like those in `EMPTY`, do not say what went wrong: `if an error is encountered`."""
EMPTY = {
    "argument", "bad", "can", "cannot", "could", "error", "exception", "expected", "fail", "failed", "got",
    "illegal", "input", "invalid", "malformed", "must", "not", "object", "parse", "string", "text", "type",
    "unable", "unexpected", "value", "wrong",
}  # fmt: skip
"""Words of messages that fit any situation."""


def situations(case: Case) -> Iterator[str]:
    """What can be said about the situation, best first."""
    yield _documented(case)
    yield from case.changed
    holds = conditions.condition(case.text, case.outcome)
    chosen = [name for name in case.arguments if name not in case.parameters]
    if holds is not None:
        yield from conditions.said(holds, case)
        yield conditions.of_object(holds, is_refused=bool(case.raised))
    elif case.outcome == "matches":
        yield words.value_slug(case.text.removeprefix("case").rstrip(":").strip())
    # What is refused is what the decision is about; what made the object counts only if nothing is passed.
    decided = {name for name in case.passed or case.arguments if case.asks_of(name)}
    # Otherwise it is what the message mentions, if that says more than a word or two.
    message = case.message.split("_")
    parts = {*(message if len(message) > FEWEST_JOINTS else case.passed)}
    mentioned = {name for name in case.passed if parts & {name, *words.snake(name).split("_")}}
    known = [name for name in case.arguments if not case.raised or name in (decided or mentioned)]
    yield from map(case.evident, reversed(known))
    made = [node for value in case.arguments.values() if isinstance(node := expression(value), ast.Call)]
    given = [chosen, *([keyword.arg or "" for keyword in call.keywords] for call in made)]
    for names in given:
        spoken = [words.snake(name) for name in names if name]
        yield f"with_{'_and_'.join(spoken)}" if 0 < len(spoken) <= MOST_NAMED else ""
    yield from (f"with_{words.snake(name)}" for name in reversed(chosen))


def after(situation: str, end: str, value: Template) -> str:
    """The outcome in a form that can follow a situation: `with_x_is_empty` would be about `x`."""
    if not situation.startswith(("with_", "without_")) or not end.startswith("is_"):
        return end
    kinds = {"[": "list", "(": "tuple", "{": "dict", "b": "bytes"}
    kind = kinds.get(value[:1], "text")
    return f"returns_empty_{kind}" if end == "is_empty" else f"returns_{end.removeprefix('is_')}"


def switched(case: Case) -> Iterator[str]:
    """The switches that the decision asks for, on or off: `if self.strict and ...` gives `with_strict`."""
    asked = {*re.findall(r"\w+", case.text)} - {*case.parameters}
    return (case.evident(name) for name, value in case.arguments.items() if value in SWITCHES and name in asked)


def outcomes(case: Case) -> Iterator[str]:
    """What can be said about the outcome, best first."""
    seen, value = case.seen, case.seen.value
    if case.raised:
        yield "exits" if case.raised == "SystemExit" else f"raises_{words.snake(case.raised)}"
    elif seen.subject == "warns":
        yield "warns"
    elif seen.expression == "{result}.exit_code" and value.isdigit():
        yield "succeeds" if value == "0" else "fails"
    elif seen.expression == "{result}":
        yield from _given(case, value)


def _documented(case: Case) -> str:
    """When the docstring says that the exception is raised, or what it says about exactly this condition."""
    prose = re.sub(r"\s+", " ", case.docstring)
    if case.raised:
        said = re.search(rf"\b{re.escape(case.raised)}\b`*\s*[:-]?\s*(?:\w+ )?(?:[Ii]f|[Ww]hen) ([^.;]+)", prose)
        clause = words.phrase(said[1], most=MOST_WORDS) if said else ""
        # A clause that was cut to a single word says nothing: `when_self`.
        is_stump = "_" not in clause and said is not None and len(words.clause(said[1])) > 1
        says_something = not {*clause.split("_")} <= EMPTY | HAPPENING | words.JOINTS
        return f"when_{clause}" if says_something and not is_stump else ""
    holds = conditions.condition(case.text, case.outcome)
    wanted = {*words.snake(ast.unparse(holds)).split("_")} if holds is not None else set()
    clauses = (words.phrase(said, most=MOST_WORDS) for said in re.findall(r"\b(?:[Ii]f|[Ww]hen) ([^.;,]+)", prose))
    return next((f"when_{said}" for said in clauses if len(wanted) > 1 and wanted <= {*said.split("_")}), "")


def _given(case: Case, value: Template) -> Iterator[str]:
    """What is said about a result."""
    node = expression(value)
    is_long = len(value) >= len("'a'")
    literal = literal_value(node) if node is not None else None
    same = [name for name, passed in case.arguments.items() if is_long and passed in {value, plain(value)}]
    is_evident = any(map(case.evident, same))  # that already says which one it is
    if same and value not in {"True", "False", "None"} and not is_evident and not case.is_gathered:
        known = case.known_as(same[0])
        is_text = literal is not None and isinstance(literal[0], str | bytes)
        yield f"leaves_{known}_unchanged" if is_text and len(case.arguments) == 1 else f"returns_{known}"
    match literal:
        case (None | True | False as singleton,):
            yield f"returns_{singleton}".lower()
        case (str() | bytes() | list() | tuple() | dict() as several,) if not several:
            yield "yields_nothing" if case.is_gathered else "is_empty"
        case (int() | float() as number,):
            yield "is_zero" if number == 0 else ""
        case (str(text),) if _is_told(text) and not any(text in value for value in _texts(case)):
            yield f"returns_{said}" if (said := words.value_slug(value)) else ""
        case None if case.seen.form == "instance" or isinstance(node, ast.Call):
            made = last_name(node.func if isinstance(node, ast.Call) else node)
            yield f"returns_{words.snake(made)}" if words.is_class(made) and not _is_known(made, case) else ""
        case None if isinstance(node, ast.Name | ast.Attribute) and not same:
            yield f"is_{words.snake(last_name(node))}"


def _is_told(text: str) -> bool:
    """Whether a text is one word or two, but not one that Python would write."""
    is_word = re.fullmatch(r"[A-Za-z][a-z]+( [a-z]+)?|[A-Z]{3,}", text) is not None
    return is_word and text not in {"None", "True", "False"}


def _texts(case: Case) -> Iterator[Template]:
    """The texts that are passed: a name need not mention a result that is part of one."""
    literals = ((value, literal_value(value)) for value in case.arguments.values())
    return (value for value, literal in literals if literal and isinstance(literal[0], str | bytes))


def _is_known(made: str, case: Case) -> bool:
    """Whether a class is that of the function or of one of its arguments."""
    return made in case.subject or any(f"{made}(" in value for value in case.arguments.values())
