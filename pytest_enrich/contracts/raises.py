"""What a docstring promises about calls of its function: examples and exceptions."""

from __future__ import annotations

import ast
import doctest
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from pytest_enrich.contracts.function import (
    Claim,
    Documented,
    exception_named,
    imported_names,
    name_template,
    stored_names,
    used_names,
)
from pytest_enrich.data import Promise, Template
from pytest_enrich.imports import parsed
from pytest_enrich.source.function import docstring_types
from pytest_enrich.writing.syntax import last_name, literal_value, nodes_of

MOST = 40
"""Examples of one docstring that are looked at."""
_SETUP = 6
"""Statements before the call that a reader takes in."""
_LONGEST = 300
_TRACEBACK = re.compile(r"^Traceback \((?:most recent call last|innermost last)\):\s*$", re.MULTILINE)


class _Step(Struct, frozen=True):
    """One example: its text, its tree, what should come of it, where it stands in the docstring."""

    code: str
    tree: ast.Module
    want: str
    at: int
    odd: bool


def example_claims(function: Documented) -> Iterator[Claim]:
    """What the examples promise about the function itself."""
    steps = _steps(function)
    for index, step in enumerate(steps[:MOST]):
        made = _claim(function, steps[:index], step)
        if made is not None:
            yield made


def _steps(function: Documented) -> list[_Step]:
    try:
        found = doctest.DocTestParser().get_examples(function.docstring)
    except ValueError:
        return []
    steps = []
    for example in found:
        tree = parsed(example.source)
        if tree is None:
            return []  # of another language or another Python: the rest would build on it
        steps.append(_Step(example.source.rstrip("\n"), tree, example.want, example.lineno, bool(example.options)))
    return steps


def _claim(function: Documented, before: Sequence[_Step], step: _Step) -> Claim | None:
    expression = step.tree.body[0] if len(step.tree.body) == 1 else None
    if not isinstance(expression, ast.Expr) or step.odd or len(step.code) > _LONGEST:
        return None
    promised = _promised(function, step.want)
    scene = _scene(before, step)
    if promised is None or scene is None or not _is_about(function, [*(each.tree for each in scene), step.tree]):
        return None
    written = _written(function, [*before, step], scene, step)
    if written is None:
        return None
    count = len(step.code.split("\n")) + len(step.want.rstrip("\n").split("\n"))
    promise: Promise = "raises" if _TRACEBACK.match(step.want.strip()) else "example"
    *setup, action = written
    return function.claim(promise, step.at, count, setup=tuple(setup), action=action, expected=promised)


def _promised(function: Documented, want: str) -> Template | None:
    """The literal or the exception; None for all that leaves room."""
    text = want.strip()
    if _TRACEBACK.match(text):
        return exception_named(text.splitlines()[-1].partition(":")[0].strip(), function.module, function.names)
    if not text or "..." in text or "<" in text[:1] or len(text) > _LONGEST:
        return None
    return text if literal_value(text) is not None else None


def _scene(before: Sequence[_Step], step: _Step) -> list[_Step] | None:
    """The statements that the call builds on, oldest first; None when they are too many to see through.

    What is given to something may change it: `child = Node(parent=root)` is one of what `root` is made by. What is
    done for its effect alone may be one on anything.
    """
    local = frozenset().union(*(stored_names(each.tree) for each in before)) if before else frozenset()
    needed, known = used_names(step.tree) & local, frozenset[str]()
    if "_" in used_names(step.tree):
        return None
    stated = [each for each in before if not imported_names(each.tree)]
    while needed != known:
        known = needed
        needed = known.union(*(used for each in stated if known & (used := used_names(each.tree) & local)))
    kept = [each for each in stated if needed & used_names(each.tree) or _is_done(each)]
    return kept if len(kept) <= _SETUP and not any(each.odd for each in kept) else None


def _is_done(step: _Step) -> bool:
    """Whether a statement is there for what it does: it says nothing, and gives nothing a name."""
    return not step.want and not stored_names(step.tree) and not isinstance(step.tree.body[0], ast.Assert)


def _is_about(function: Documented, trees: Sequence[ast.AST]) -> bool:
    """Whether the function itself is called: an example may be about another one."""
    wanted = trees if isinstance(function.node, ast.ClassDef) else trees[-1:]
    return any(last_name(call.func) == function.node.name for call in nodes_of(ast.Call, *wanted))


def _written(
    function: Documented, every: Sequence[_Step], scene: Sequence[_Step], step: _Step
) -> list[Template] | None:
    known = {name: f"⟨{function.module}:{name}⟩" for name in function.names}
    for each in every:
        more = imported_names(each.tree)
        if more is None:
            return None
        known.update(more)
    trees = [*(each.tree for each in scene), step.tree]
    local = frozenset().union(*(stored_names(tree) for tree in trees))
    found = [name_template(each.code, known, local) for each in (*scene, step)]
    return [text for text in found if text is not None] if None not in found else None


_EXC = r"`{0,2}(?P<exc>[A-Za-z_][\w.]*(?:Error|Exception))`{0,2}"
_SPHINX = re.compile(rf"^:raises?\s+{_EXC}\s*:\s*(?P<when>.+)$", re.IGNORECASE)
_LISTED = re.compile(rf"^{_EXC}\s*(?::|--|-)\s*(?P<when>.+)$")
_SENTENCE = re.compile(rf"^(?:it )?raises? (?:an? |the )?{_EXC} (?P<when>(?:if|when) .+)$", re.IGNORECASE)
_BARE = re.compile(rf"^{_EXC}$")

_NAME = r"(?:the )?(?:argument |parameter )?`{0,2}(?P<name>\w+)`{0,2}"
_WHEN = re.compile(r"^(?:raised )?(?:if|when)\s+(?P<rest>.+?)\.?$", re.IGNORECASE)
_IS = re.compile(rf"^(?:{_NAME} (?:is|was) )?(?P<what>negative|zero|None|less than zero|empty)$")
_COMPARED = re.compile(rf"^{_NAME}\s*(?:is )?(?P<op><=|>=|<|>|==|less than|greater than)\s*(?P<value>-?\d+)$")
_NUMBERS = re.compile(r"^(int|float|number|integer|Number)$")
_NEXT = re.compile(rf"^(?:{_EXC}|:|>>>)")
_OPERATORS = {"less than": "<", "greater than": ">", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "==": "=="}
_PLAIN = {
    "negative": ("<", "0"),
    "less than zero": ("<", "0"),
    "zero": ("==", "0"),
    "None": ("is", "None"),
    "empty": ("empty", ""),
}
_EMPTY = {"str": "''", "bytes": "b''", "list": "[]", "dict": "{}", "tuple": "()"}
_BEYOND = {"<": -1, ">": 1}
"""What is added to a limit for a number that is refused."""
_MEETS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "is": operator.is_,
    "empty": operator.eq,
}


def parameters(function: Documented) -> dict[str, str]:
    """Each that can be passed by position, with its annotation or documented type, "" for none; {} of a class."""
    if isinstance(function.node, ast.ClassDef):
        return {}
    types = docstring_types(function.docstring)
    found = [*function.node.args.posonlyargs, *function.node.args.args]
    return {
        each.arg: ast.unparse(each.annotation) if each.annotation else types.get(each.arg, "") for each in found
    }


def with_argument(function: Documented, name: str, value: str) -> str | None:
    """`⟨module:f⟩(value)`, with other arguments as an example has them; None where nothing is known."""
    assert isinstance(function.node, ast.FunctionDef)
    args = function.node.args
    found, plain = list(parameters(function)), len(args.posonlyargs) + len(args.args) - len(args.defaults)
    if name not in found or any(default is None for default in args.kw_defaults):
        return None
    at = found.index(name)
    needed = found[: max(plain, at + 1)]
    others = ["None"] * len(needed) if needed == [name] else _example(function, len(needed))
    if others is None:
        return None
    words = [*others[:at], value, *others[at + 1 :]]
    return f"⟨{function.module}:{function.node.name}⟩({', '.join(words)})"


def _example(function: Documented, count: int) -> list[str] | None:
    """The first arguments of an example in the docstring that has them all as literals."""
    trees = (step.tree for step in _steps(function) if not _TRACEBACK.match(step.want))
    for call in nodes_of(ast.Call, *trees):
        first = call.args[:count]
        is_own = getattr(call.func, "id", "") == function.node.name
        if is_own and len(first) == count and all(map(literal_value, first)):
            return [ast.unparse(argument) for argument in first]
    return None


def claims(function: Documented) -> Iterator[Claim]:
    """What the docstring says that the function refuses."""
    if not function.is_plain:
        return
    for at, (exc, when, count) in _said(function):
        expected, refused = exception_named(exc, function.module, function.names), _refused(function, when)
        call = with_argument(function, refused[0], _beyond(refused[1], refused[2])) if refused else None
        if expected is not None and call is not None:
            yield function.claim("raises", at, count, action=call, expected=expected, refuses=refused)


def _beyond(how: str, value: str) -> str:
    """A value that is refused."""
    return str(int(value) + _BEYOND[how]) if how in _BEYOND else value


def meets(function: Documented, claim: Claim, call: ast.Call) -> bool:
    """Whether a call with literals passes what is refused."""
    if claim.refuses is None:
        return False
    name, how, value = claim.refuses
    found = dict(zip(parameters(function), call.args, strict=False))
    found |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    given, refused = literal_value(found[name]) if name in found else None, literal_value(value)
    if given is None or refused is None:
        return False
    try:
        return bool(_MEETS[how](given[0], refused[0]))
    except TypeError:
        return False


def _said(function: Documented) -> Iterator[tuple[int, tuple[str, str, int]]]:
    """The exceptions, each with its condition and on how many lines both are."""
    inside = False
    for at, raw in enumerate(function.lines):
        line, below = raw.strip(), function.lines[at + 1].strip() if at + 1 < len(function.lines) else ""
        inside = (inside and bool(line)) or line.lower() in {"raises:", "raises"}
        ends = not below or line.endswith(".") or bool(_NEXT.match(below))
        found = _SPHINX.match(line) or _SENTENCE.match(line) or (_LISTED.match(line) if inside else None)
        if found and ends:
            yield at, (found["exc"], found["when"], 1)
        elif inside and (bare := _BARE.match(line)) and below:
            after = function.lines[at + 2].strip() if at + 2 < len(function.lines) else ""
            if not after or _BARE.match(after) or below.endswith("."):
                yield at, (bare["exc"], below, 2)


def _refused(function: Documented, when: str) -> tuple[str, str, str] | None:
    """The argument, the comparison and the value; None unless it is beyond doubt."""
    said = _WHEN.match(when.strip())
    rest, found = said["rest"].strip() if said else "", parameters(function)
    if compared := _COMPARED.match(rest):
        name, how, value = compared["name"], _OPERATORS[compared["op"]], compared["value"]
    elif plain := _IS.match(rest):
        name = plain["name"] or (next(iter(found)) if len(found) == 1 else "")
        how, value = _PLAIN[plain["what"]]
        value = value or _EMPTY.get(found.get(name, "").partition("[")[0], "")
    else:
        return None
    fits = name in found and value and (how in {"is", "empty"} or _NUMBERS.match(found[name]) or not found[name])
    return (name, how, value) if fits else None
