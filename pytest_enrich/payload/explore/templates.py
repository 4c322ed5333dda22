"""Templates with something changed in them, or left out."""

from __future__ import annotations

import ast
import builtins
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

NAME = re.compile(r"⟨[^⟩]*⟩")
UNCOUNTED = re.compile(r"[^\x00-\x7f]|\\?\n")
Span = tuple[int, int]
"""Start and end as offsets in characters."""
NUMBER = re.compile(r"-?\d+")
"""A whole number, as a template."""
LITERAL = re.compile(
    r"""(?P<string>(?<![\w])b?'(?:[^'\\]|\\.)*'|(?<![\w])b?"(?:[^"\\]|\\.)*")"""
    r"""|(?P<number>(?<![\w.⟩'"])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.'"]))"""
    r"""|(?P<word>(?<![\w.])(?:True|False|None)(?![\w]))"""
    r"""|(?P<name>⟨[^⟩]*⟩)"""
)
LARGEST = 10**18
MOST_KNOWN = 4096
ITEMS = (ast.List, ast.Set, ast.Tuple, ast.Dict)
WHOLE = (*ITEMS, ast.Call)
"""What may replace the call that takes it: where something is made of a number, the number alone seldom fits."""
# With fewer elements the literal would be written differently.
FEWEST: dict[type[ast.AST], int] = {ast.Set: 1, ast.Tuple: 2}
LONGEST_PART, LONGEST = 60, 160
MOST_PARTS = 200
MANY_PARTS = 8
"""From this many on, several are left out at once: each attempt takes a call, and some calls take long."""
WORD = 3
"""The least number of letters that make a word, and not a unit after a number."""
MADE_FROM_NOTHING = re.compile(r"⟩\(\)")
_COMPOSED = ("⟨", "[", "(", "{")
"""What the templates of objects, and of containers, begin with."""


@lru_cache(maxsize=512)
def parsed(template: str) -> ast.expr | None:
    """The syntax tree of a template, its columns being offsets in the template; None if it cannot be parsed."""
    # One byte for each character, and all on one line: the parser's columns count bytes.
    readable = NAME.sub(lambda match: "_" * len(match[0]), template)
    flat = UNCOUNTED.sub(lambda match: " " * len(match[0]) if match[0].endswith("\n") else "_", readable)
    try:
        return ast.parse(flat, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _span(first: ast.expr | ast.keyword, last: ast.expr) -> Span:
    """From the start of the first node to the end of the second."""
    return first.col_offset, last.end_col_offset or 0


def literals(template: str) -> list[re.Match[str]]:
    """The literals of a template, in order; names to be imported do not count."""
    return [match for match in LITERAL.finditer(template) if match.lastgroup != "name"]


def vary(template: str, where: int, how: int, what: int, constants: Sequence[str]) -> str:
    """`template` with one literal changed: `where`, `how` and `what` are any numbers, small ones change little.

    `constants` are literals to put in its place or to build the new literal from; but not in the place of an
    object.
    """
    matches = literals(template)
    if not matches:
        return constants[what % len(constants)] if constants and "⟩(" not in template else template
    match = matches[where % len(matches)]
    changed = _changed(match, how, what, constants)
    return template[: match.start()] + changed + template[match.end() :]


def _changed(match: re.Match[str], how: int, what: int, constants: Sequence[str]) -> str:
    text = match[0]
    alike = [constant for constant in constants if _kind(constant) == match.lastgroup]
    if alike and how % 3 == 0:
        return alike[what % len(alike)]
    if match.lastgroup == "number":
        return _number(text, how, what)
    if match.lastgroup == "string":
        return _string(text, how, what, alike)
    return {"True": "False", "False": "True"}.get(text, text)


@lru_cache(MOST_KNOWN)
def _kind(literal: str) -> str | None:
    match = LITERAL.fullmatch(literal)
    return match.lastgroup if match else None


def _number(text: str, how: int, what: int) -> str:
    value = float(text) if re.search(r"[.e]", text) else int(text)
    ways: list[Callable[[], float]] = [
        lambda: value - 1,
        lambda: value + 1,
        lambda: -value,
        lambda: 0,
        lambda: value * 10,
        lambda: value // 2,
        lambda: value * 1000,
        lambda: what,
        lambda: value + 0.5 if isinstance(value, float) else value * 2,
        lambda: value + what,
    ]
    changed = ways[how % len(ways)]()
    return repr(changed) if abs(changed) < LARGEST else text


def _string(text: str, how: int, what: int, constants: Sequence[str]) -> str:
    value = eval(text, {})
    if isinstance(value, bytes):
        # A few characters have capitals that latin-1 lacks.
        return repr(_characters(value.decode("latin-1"), how, what, None).encode("latin-1", "replace"))
    texts = [constant for constant in constants if constant[0] != "b"]
    return repr(_characters(value, how, what, eval(texts[what % len(texts)], {}) if texts else None))


def _characters(value: str, how: int, what: int, part: str | None) -> str:
    at = what % (len(value) + 1)
    alphabet = "0129 aAzZ-+.,:;/_'\"\\\n\t#=%{}()[]<>$@é" + value
    char = alphabet[(what * 7 + how) % len(alphabet)]
    part = char if part is None else part
    ways: list[Callable[[], str]] = [
        lambda: value[: at - 1] + value[at:] if at else value[1:],
        lambda: value[:at] + char + value[at:],
        lambda: value[:at] + char + value[at + 1 :],
        lambda: value[:at],
        lambda: value[at:],
        lambda: "",
        value.upper,
        value.lower,
        lambda: joined(part, value),
        lambda: joined(value, part),
        lambda: value[:at] + part + value[at:],
        lambda: value * 2,
        lambda: _with_line(value, part),
        lambda: f" {value} ",
        value.swapcase,
        lambda: "-" + value,
        lambda: "".join(c for c in value if not c.isdigit()),
        lambda: _counted(value, what, lambda number: number + 1),
        lambda: _counted(value, what, lambda number: number * 11),
        lambda: _counted(value, what, lambda number: max(number - 1, 0)),
    ]
    return ways[how % len(ways)]()


def joined(first: str, second: str) -> str:
    """Two texts, with a space between words."""
    are_words = first[-WORD:].isalpha() and second[:WORD].isalpha() and min(len(first), len(second)) >= WORD
    return f"{first} {second}" if are_words else first + second


def _with_line(value: str, part: str) -> str:
    """A text of several lines with another line, indented like its last; a single line with another word."""
    before, _, last = value.rpartition("\n")
    if not before:
        return f"{value} {part}"
    return f"{value}\n{last[: len(last) - len(last.lstrip())]}{part}"


def _counted(value: str, which: int, change: Callable[[int], int]) -> str:
    """A text with one of the numbers in it changed."""
    numbers = [*re.finditer(r"[0-9]{1,9}", value)]
    if not numbers:
        return value
    match = numbers[which % len(numbers)]
    return f"{value[: match.start()]}{change(int(match[0]))}{value[match.end() :]}"


def shorter(template: str) -> Iterator[str]:
    """The template with a call replaced by one of its arguments, or by its object; then without one of its parts.

    Outer ones come first, and the last of several before the first.
    """
    tree = parsed(template)
    if tree is None:
        return
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        start, end = _span(call, call)
        for part in (*_given(call), *_steps(call)):
            yield f"{template[:start]}{template[slice(*_span(part, part))]}{template[end:]}"
    for node in ast.walk(tree):
        yield from _without_each(template, [_span(*part) for part in _parts(node)])


def keywords_of(template: str) -> tuple[str, frozenset[str]] | None:
    """The template of a call's function, and the names of its keyword arguments; None for anything else."""
    call, match = parsed(template), NAME.match(template)
    if match is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    return match[0], frozenset(argument.arg or "" for argument in call.keywords)


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments that may replace a call; a built-in that converts to another sort is there for a reason."""
    if isinstance(call.func, ast.Name) and call.func.id.strip("_"):
        return (value for value in call.args if isinstance(value, ITEMS) or _is_bytes(value))
    return (value for value in (*call.args, *(named.value for named in call.keywords)) if isinstance(value, WHOLE))


def _is_bytes(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, bytes)


def _steps(call: ast.Call) -> list[ast.expr]:
    """What a call without arguments is made on, if that is a call as well: `f(2)` for `f(2).copy()`."""
    on = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    return [on] if isinstance(on, ast.Call) and not call.args and not call.keywords else []


def _held(node: ast.AST) -> list[tuple[ast.expr | ast.keyword, ast.expr]]:
    """The arguments of a call, or the elements of a container: the nodes where each begins and ends."""
    if isinstance(node, ast.Call):
        return [*((value, value) for value in node.args), *((named, named.value) for named in node.keywords)]
    if isinstance(node, ast.List | ast.Set | ast.Tuple):
        return [(element, element) for element in node.elts]
    if isinstance(node, ast.Dict):
        return [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    return []


def _parts(node: ast.AST) -> list[tuple[ast.expr | ast.keyword, ast.expr]]:
    """Those of them that may be left out."""
    if isinstance(node, ast.Call) and (_converts(node) or any(named.arg is None for named in node.keywords)):
        return []
    parts = _held(node)
    return parts if len(parts) > FEWEST.get(type(node), 0) else []


def _converts(call: ast.Call) -> bool:
    """Whether it makes a built-in type of a single argument: nobody would write the call without it."""
    kind = getattr(builtins, call.func.id, None) if isinstance(call.func, ast.Name) else None
    return isinstance(kind, type) and len(call.args) == 1 and not call.keywords


def _without_each(template: str, spans: list[Span]) -> Iterator[str]:
    """Without half of the parts if there are many, a quarter, and so on; then without each, the last first."""
    size = len(spans) // 2 if len(spans) >= MANY_PARTS else 1
    while size:
        for first in reversed(range(0, len(spans), size)):
            yield _without(template, spans, first, min(first + size, len(spans)))
        size //= 2


def _without(template: str, spans: list[Span], first: int, behind: int) -> str:
    """The template without the parts from `first` up to, but not including, `behind`."""
    if first:
        return template[: spans[first - 1][1]] + template[spans[behind - 1][1] :]
    end = spans[behind][0] if behind < len(spans) else spans[-1][1]
    return template[: spans[0][0]] + template[end:]


def template_parts(templates: Iterable[str]) -> tuple[str, ...]:
    """The short objects and containers in templates, each once, the templates themselves included."""
    parts: dict[str, None] = {}
    for template in templates:
        for part in (template, *(template[start:end] for start, end in places(template))):
            if part.startswith(_COMPOSED) and len(part) <= LONGEST_PART:
                parts[part] = None
    return tuple(parts)[:MOST_PARTS]


def grafted(template: str, known: Sequence[str], chance: random.Random) -> str:
    """The template with one of the `known` parts in place of one of its own, after it, or in an empty call."""
    where = [span for span in places(template) if template[span[0]].startswith(_COMPOSED)]
    where += [(match.end() - 1, match.end() - 1) for match in MADE_FROM_NOTHING.finditer(template)]
    if not where or not known:
        return template
    start, end = chance.choice(where)
    part = chance.choice(known)
    replaced = template[start:end]
    options = (part, part, f"{replaced}, {part}") if replaced else (part,)
    changed = template[:start] + chance.choice(options) + template[end:]
    return changed if len(changed) <= LONGEST else template


@lru_cache(maxsize=5000)
def places(template: str) -> tuple[Span, ...]:
    """The places of the arguments of its calls, and of the elements and values of its containers."""
    tree = parsed(template)
    return tuple(_span(value, value) for node in (ast.walk(tree) if tree else ()) for _, value in _held(node))
