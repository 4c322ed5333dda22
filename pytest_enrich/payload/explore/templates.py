"""Templates with something else, or less, in them."""

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
WHOLE = (ast.List, ast.Set, ast.Tuple, ast.Dict, ast.Call)
"""What may stand in the place of what is made of it: a number is seldom meant where something is made of one."""
# With fewer elements it would be written in another way.
FEWEST: dict[type[ast.AST], int] = {ast.Set: 1, ast.Tuple: 2}
LONGEST_PART, LONGEST = 60, 160
MOST_PARTS = 200
MANY_PARTS = 8
"""Of so many, many go at once: each takes a call to find out about, and some calls take long."""
WORD = 3
"""Letters that are a word, and not the unit of a number."""
_COMPOSED = ("⟨", "[", "(", "{")
"""What the templates of objects, and of displays of several values, begin with."""


@lru_cache(maxsize=512)
def parsed(template: str) -> ast.expr | None:
    """The syntax tree of a template, with its nodes' offsets in it for columns; None for what cannot be read."""
    # One sign for each, of one byte, and all in one line: so the parser counts.
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
    """The literals of a template, in order; names to be imported are none."""
    return [match for match in LITERAL.finditer(template) if match.lastgroup != "name"]


def vary(template: str, where: int, how: int, what: int, constants: Sequence[str]) -> str:
    """`template` with one literal changed: `where`, `how` and `what` are any numbers, small ones change little.

    `constants` are literals to put in its place or to build the new one from.
    """
    found = literals(template)
    if not found:
        return constants[what % len(constants)] if constants else template
    match = found[where % len(found)]
    changed = _changed(match, how, what, constants)
    return template[: match.start()] + changed + template[match.end() :]


def _changed(match: re.Match[str], how: int, what: int, constants: Sequence[str]) -> str:
    text = match[0]
    same = [constant for constant in constants if _kind(constant) == match.lastgroup]
    if same and how % 3 == 0:
        return same[what % len(same)]
    if match.lastgroup == "number":
        return _number(text, how, what)
    if match.lastgroup == "string":
        return _string(text, how, what, same)
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
        # The capitals of a few characters are beyond latin-1.
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
    """A text of several lines with one more, indented as its last one is; one of a line with a word more."""
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
    """The template with what a call is given, or made on, in its place; then without one of its parts.

    The outer ones come first, and the last of several before the first.
    """
    tree = parsed(template)
    if tree is None:
        return
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        start, end = _span(call, call)
        for one in (*_given(call), *_steps(call)):
            yield f"{template[:start]}{template[slice(*_span(one, one))]}{template[end:]}"
    for node in ast.walk(tree):
        yield from _without_each(template, [_span(*part) for part in _parts(node)])


def keywords_of(template: str) -> tuple[str, frozenset[str]] | None:
    """Of a call the template of its name, and what it gives by name; None for anything else."""
    call, match = parsed(template), NAME.match(template)
    if match is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    return match[0], frozenset(one.arg or "" for one in call.keywords)


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments that may stand in its place; a built-in that converts one is there for a reason."""
    if isinstance(call.func, ast.Name) and call.func.id.strip("_"):
        return iter(())
    return (one for one in (*call.args, *(given.value for given in call.keywords)) if isinstance(one, WHOLE))


def _steps(call: ast.Call) -> list[ast.expr]:
    """What a call without arguments is made on, where that is a call as well: `f(2).copy()` may do with `f(2)`."""
    on = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    return [on] if isinstance(on, ast.Call) and not call.args and not call.keywords else []


def _held(node: ast.AST) -> list[tuple[ast.expr | ast.keyword, ast.expr]]:
    """What a call is given, or a display holds: where each begins, and where it ends."""
    if isinstance(node, ast.Call):
        return [*((one, one) for one in node.args), *((one, one.value) for one in node.keywords)]
    if isinstance(node, ast.List | ast.Set | ast.Tuple):
        return [(one, one) for one in node.elts]
    if isinstance(node, ast.Dict):
        return [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    return []


def _parts(node: ast.AST) -> list[tuple[ast.expr | ast.keyword, ast.expr]]:
    """What of that may go."""
    if isinstance(node, ast.Call) and (_converts(node) or any(one.arg is None for one in node.keywords)):
        return []
    held = _held(node)
    return held if len(held) > FEWEST.get(type(node), 0) else []


def _converts(call: ast.Call) -> bool:
    """Whether a built-in type is made of one thing: without it nobody would write so."""
    kind = getattr(builtins, call.func.id, None) if isinstance(call.func, ast.Name) else None
    return isinstance(kind, type) and len(call.args) == 1 and not call.keywords


def _without_each(template: str, spans: list[Span]) -> Iterator[str]:
    """Without half of many parts, a quarter, and so on; then without each of them, the last first."""
    size = len(spans) // 2 if len(spans) >= MANY_PARTS else 1
    while size:
        for first in reversed(range(0, len(spans), size)):
            yield _without(template, spans, first, min(first + size, len(spans)))
        size //= 2


def _without(template: str, spans: list[Span], first: int, behind: int) -> str:
    """The template without the parts from the first to the one behind them."""
    if first:
        return template[: spans[first - 1][1]] + template[spans[behind - 1][1] :]
    end = spans[behind][0] if behind < len(spans) else spans[-1][1]
    return template[: spans[0][0]] + template[end:]


def template_parts(templates: Iterable[str]) -> tuple[str, ...]:
    """The objects and displays that templates are made of, and those of them that are short, each once."""
    found: dict[str, None] = {}
    for template in templates:
        for part in (template, *(template[start:end] for start, end in places(template))):
            if part.startswith(_COMPOSED) and len(part) <= LONGEST_PART:
                found[part] = None
    return tuple(found)[:MOST_PARTS]


def grafted(template: str, known: Sequence[str], chance: random.Random) -> str:
    """The template with one of the `known` parts in the place of one of its own, or behind it."""
    where = [span for span in places(template) if template[span[0]].startswith(_COMPOSED)]
    if not where or not known:
        return template
    start, end = chance.choice(where)
    part = chance.choice(known)
    own = template[start:end]
    changed = template[:start] + chance.choice((part, part, f"{own}, {part}")) + template[end:]
    return changed if len(changed) <= LONGEST else template


@lru_cache(maxsize=5000)
def places(template: str) -> tuple[Span, ...]:
    """Where the arguments of its calls, and the elements and values of its displays are."""
    tree = parsed(template)
    return tuple(_span(one, one) for node in (ast.walk(tree) if tree else ()) for _, one in _held(node))
