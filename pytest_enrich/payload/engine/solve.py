"""What would make a condition come out the other way: another value in place of one of its operands.

What a condition compares often appears in the input, exactly or nearly: replace it with what it was compared with.
Where both are numbers, approach in steps.
"""

from __future__ import annotations

import collections.abc
import contextlib
import datetime as dt
import enum
import itertools
import json
import math
import re
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeGuard

from ..explore.calls import Call, Make, Site
from ..explore.templates import joined, literals, places
from ..express import NAME, evaluable, evaluate, express
from ..rules import rule
from ..rules.types import holders
from .probe import LACKING, MATCHING, SAMPLES, SORTS, UNUSUAL, Note

DAY = dt.timedelta(days=1)
STEPS = 100
# Where a step of 1 comes no nearer: what is rounded or divided needs larger ones.
COARSE = (4, 16, 64, 256, 1024)
MEMBERS = 12
NUMBERS = (int, float)
COLLECTIONS = (list, tuple, set, frozenset)
CONTAINERS = (dict, *COLLECTIONS)
CONVERTIBLE = (*COLLECTIONS, *NUMBERS, str, bytes)
TEXTS = (str, bytes, bytearray)
LITERAL = (bool, int, float, str, bytes, type(None))
# For an operand that is the very object it is compared with, most often a marker for "not given".
UNLIKE = (1, "a", None, True)
OTHERS: tuple[object, ...] = (2, "abc", None, [])
"""For an operand that is of a class, values of other classes."""
ENCODINGS = ("utf-8", "latin-1")
MOST_PLACES = 4
LONGEST, LONGEST_DOCUMENT = 200, 2000
"""The most that is put into a template, in characters or items."""
LARGEST = 200_000
"""The most that is written as a repetition: limits in code are often longer than anybody writes out."""
FILL: dict[type, Any] = {str: "a", bytes: b"a", list: [1], tuple: (1,)}


class Mark(NamedTuple):
    """A parameter that is not given, and its default, which often serves as a marker for that."""

    make: Make
    default: object
    values: Sequence[str]
    """Templates of values to pass."""


def proposals(
    notes: Iterable[Note], sites: Iterable[Site], like: Callable[[object], Iterable[str]]
) -> Iterator[Call]:
    """Calls in which an operand of one of the conditions becomes what the condition asks for.

    Args:
        notes: Those of the conditions that should come out another way.
        sites: Those of the call that the notes come from.
        like: Gives templates of values of a type, or of texts that a pattern matches.
    """
    every = [*sites]
    short = [(text, make) for text, make in (*every, *_documents(every)) if len(text) <= LONGEST]
    for note in notes:
        for known, wanted in _substitutions(note, like):
            for text, make in short:
                others = dict.fromkeys(replacements(text, known, wanted))
                yield from (make(changed) for changed in others if changed != text)


@rule("JSON in texts")
def _documents(sites: Iterable[Site]) -> Iterator[Site]:
    """The objects and arrays that texts in these sites hold as JSON: what changes in them changes in the text."""
    for template, make in sites:
        for match in literals(template) if len(template) <= LONGEST_DOCUMENT else ():
            text = str(evaluate(match[0])) if match.lastgroup == "string" and match[0][:1] in {"'", '"'} else ""
            held = None
            if text.lstrip()[:1] in {"{", "["}:
                with contextlib.suppress(ValueError, RecursionError):
                    held = express(json.loads(text))
            if held is not None:
                around = template[: match.start()], template[match.end() :]
                yield held, partial(_written, make, around, 2 if "\n" in text.strip() else None)


def _written(make: Make, around: tuple[str, str], indent: int | None, template: str) -> Call:
    """The call with a JSON text of this value; with "" where JSON cannot hold it."""
    try:
        text = json.dumps(evaluate(template), indent=indent, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = ""
    return make(f"{around[0]}{text!r}{around[1]}")


def unmarked(notes: Iterable[Note], marks: Iterable[Mark]) -> Iterator[Call]:
    """Calls that pass an argument for a parameter that a condition found not to be given."""
    for note in notes:
        for mark in marks:
            if note.left is mark.default or (note.right is mark.default and mark.default is not None):
                yield from map(mark.make, mark.values)


def descend(call: Call, far: Callable[[Call], float], sites: Callable[[Call], Iterable[Site]]) -> Iterator[Call]:
    """Calls that come nearer and nearer to what is wanted, changing one number after another in growing steps.

    Args:
        call: Where to begin.
        far: How far a call is from what is wanted; infinite if it does not reach the condition.
        sites: Gives the sites of a call.
    """
    tries, best = 0, far(call)
    for which in range(sum(1 for _ in numbers(sites(call)))):
        step, grown, coarse = 1, False, iter(COARSE)
        while step and tries < STEPS and 0 < best < float("inf"):
            text, make = list(numbers(sites(call)))[which]
            moved = [make(repr(evaluate(text) + move)) for move in (step, -step)]  # type: ignore[operator]
            tries += 2
            distance, nearer = min(((far(nearby), at) for at, nearby in enumerate(moved)), default=(best, 0))
            if distance < best:
                best, call, step, grown, coarse = distance, moved[nearer], step * 2, True, iter(COARSE)
                yield call
            else:
                step, grown = 1 if grown else next(coarse, 0), False


def numbers(sites: Iterable[Site]) -> Iterator[Site]:
    """The sites of the numbers within these sites."""
    for template, make in sites:
        for match in literals(template):
            if match.lastgroup == "number":
                before, after = template[: match.start()], template[match.end() :]
                yield match[0], lambda text, b=before, a=after, m=make: m(b + text + a)  # type: ignore[misc]


def distance(notes: Iterable[Note]) -> float:
    """How far apart the nearest two compared numbers are; infinite if there are none."""
    pairs = (note for note in notes if note.how in {"==", "<"} and are_numbers(note.left, note.right))
    return min((_between(note.left, note.right) for note in pairs), default=math.inf)


def _between(left: float, right: float) -> float:
    try:
        return float(abs(left - right))
    except OverflowError:  # a number that no float can hold
        return math.inf


def _is_key(value: object) -> bool:
    """Whether it can be a key of a dictionary."""
    try:
        hash(value)
    except Exception:  # a __hash__ of the project's may raise anything
        return False
    return True


def _substitutions(note: Note, like: Callable[[object], Iterable[str]]) -> Iterator[tuple[object, object]]:
    """Pairs of an operand and a value that would change the outcome in its place."""
    left, right = note.left, note.right
    if note.how in {"==", "<"}:
        others = _unlike(left, like) if left is right else _round(right, note.how)
        yield from ((left, wanted) for wanted in others)
        yield from ((right, wanted) for wanted in _round(left, note.how))
    elif note.how == "in":
        yield from _contained(left, right)
    elif note.how in {"startswith", "endswith"} and isinstance(left, TEXTS):
        parts = _texts(right, left)
        yield from ((left, part + left if note.how == "startswith" else left + part) for part in parts)
        yield from ((left, part) for part in parts)
    elif note.how in {*MATCHING, "isinstance"}:
        yield from _fitting(note, like)
    elif note.how in UNUSUAL:
        yield from ((left, wanted) for wanted in UNUSUAL[note.how])
    elif note.how in SORTS:
        yield from ((left, Written(text)) for text in SORTS[note.how])
    elif note.how in {"hasattr", LACKING}:
        yield from [(left, Written(f"⟨types:SimpleNamespace⟩({right}=1)"))] if note.how == "hasattr" else []
        yield from ((left, Written(text)) for kind in holders(str(right)) for text in like(kind))
    elif note.how in SAMPLES:
        yield left, SAMPLES[note.how]
    elif note.how == "truth":
        yield from ((left, wanted) for wanted in _opposite(left))


def _unlike(value: object, like: Callable[[object], Iterable[str]]) -> Iterable[object]:
    """Values that are not this one: for a type, the abstract classes it belongs to, most specific first."""
    if not isinstance(value, type):
        return UNLIKE
    kinds = (vars(collections.abc)[name] for name in collections.abc.__all__)
    above = sorted((kind for kind in kinds if issubclass(value, kind)), key=lambda kind: -len(kind.__mro__))
    return [*above, *(kind for _, kind in evaluable([*like(type)]))]


def _contained(part: Any, whole: Any) -> Iterator[tuple[object, object]]:
    """The part replaced by what the whole contains, then the whole with the part added."""
    yield from ((part, wanted) for wanted in _members(whole))
    if isinstance(whole, TEXTS):
        texts = _texts(part, whole)
        yield from ((whole, joined(whole, text) if isinstance(whole, str) else whole + text) for text in texts)
    elif isinstance(whole, list):
        yield whole, [*whole, part]
    elif isinstance(whole, dict) and _is_key(part):  # the new key gets the value of another key
        yield whole, {**whole, part: next(iter(whole.values()), 1)}
    elif whole is None or are_numbers(whole):
        yield whole, [part]
        yield from [(whole, {part: 1})] if _is_key(part) else []


def _fitting(note: Note, like: Callable[[object], Iterable[str]]) -> Iterator[tuple[object, object]]:
    """The operand, with values of a type or texts that a pattern matches."""
    left, right = note.left, note.right
    subject, kind = (left, right) if note.how == "isinstance" or isinstance(left, str) else (right, left)
    if note.how == "isinstance":
        others = (value for value in OTHERS if not _is_of(value, kind))
        yield from ((left, value) for value in (others if _is_of(left, kind) else _converted(left, kind)))
    yield from ((subject, Written(text)) for text in like(kind))
    yield from ((left, Written(text)) for text in _used_up(left, kind))


@rule("converted")
def _converted(value: object, kind: object) -> Iterator[object]:
    """What an operand says, as a type that the condition asks for: a text as bytes, an item in a list."""
    for wanted in kind if isinstance(kind, tuple) else (kind,):
        if wanted is bytes and isinstance(value, str):
            yield value.encode("utf-8", "replace")
        elif wanted is str and isinstance(value, bytes):
            yield value.decode("utf-8", "replace")
        elif wanted in COLLECTIONS and isinstance(value, CONVERTIBLE):
            with contextlib.suppress(TypeError):  # a set does not hold everything
                yield wanted(value if isinstance(value, COLLECTIONS) else [value])


def _is_of(value: object, kind: Any) -> bool:
    """Whether a value is of a class, or of one of several."""
    with contextlib.suppress(Exception):  # a metaclass of the project's may do anything
        return isinstance(value, kind)
    return False


def _used_up(value: object, kind: object) -> Iterator[str]:
    """An iterator over what a container holds, where the condition asks whether it is one."""
    classes = [cls for cls in (kind if isinstance(kind, tuple) else (kind,)) if cls is not str]
    text = express(value) if isinstance(value, list | tuple | str) else None
    if text is not None and any(isinstance(cls, type) and isinstance(value, cls) for cls in classes):
        yield f"iter({text})"


class Written(str):
    """A value that is given by its template."""

    __slots__ = ()


def _text(template: str) -> str:
    """The text that a template gives; "" if it gives no text."""
    value = evaluate(str(template)) if template[:1] in {"'", '"'} else ""
    return value if isinstance(value, str) else ""


def _round(value: Any, how: str) -> list[object]:
    """A value and, where order matters, the values right beside it."""
    if how == "<" and isinstance(value, dt.date) and dt.date.min.year < value.year < dt.date.max.year:
        return [value, value + DAY, value - DAY]
    return [value, value + 1, value - 1] if how == "<" and are_numbers(value) else [value]


def are_numbers(*values: Any) -> bool:
    """Whether all of them are numbers, and none is a bool."""
    return all(isinstance(value, NUMBERS) and not isinstance(value, bool) for value in values)


def _texts(given: Any, like: object) -> list[Any]:
    """The text, or the texts of a tuple, that can be joined to `like`."""
    texts = given if isinstance(given, tuple) else (given,)
    return [text for text in texts if isinstance(text, TEXTS) and isinstance(text, str) == isinstance(like, str)]


def _members(value: object) -> list[object]:
    try:
        return list(itertools.islice(iter(value), MEMBERS))  # type: ignore[call-overload]
    except Exception:  # it is no container, or one of the project's that raises when iterated
        return []


def _opposite(value: object) -> list[object]:
    """Values of the same kind with the opposite truth value."""
    plain: dict[type, list[object]] = {
        type(None): [1, "a", True], bool: [value is False], str: ["", "a"], int: [0, 1], float: [0.0, 1.5],
        list: [[], [1]], dict: [{}, {"a": 1}],
    }  # fmt: skip
    return plain.get(type(value), [])


def replacements(template: str, known: object, wanted: object) -> Iterator[str]:
    """The template, with a part that gives `known` changed so that it gives `wanted`."""
    text = str(wanted) if isinstance(wanted, Written) else express(wanted)
    if text is None or len(text) > LONGEST:
        return
    if _is(template, known):
        yield text
    is_part = type(known) in CONTAINERS or (isinstance(wanted, Written) and type(known) not in LITERAL)
    for start, end in places(template) if is_part else ():
        if _is(template[start:end], known):
            yield template[:start] + text + template[end:]
    for match in NAME.finditer(template) if not isinstance(wanted, LITERAL) else ():
        if isinstance(known, type) and _is_type(match[0], known):  # a type within another type stays a type
            # Only a tuple's parameters may end in an ellipsis.
            yield template[: match.start()] + text + template[match.end() :].replace(", ...]", "]", known is tuple)
    for match in literals(template):
        value = evaluate(match[0])
        before, after = template[: match.start()], template[match.end() :]
        for changed in (*_changed(value, known, wanted), *_resized(value, known, wanted)):
            yield before + changed + after
        for changed in _repeated(value, known, wanted):
            yield before + (changed if _is_apart(before, after) else f"({changed})") + after
    displayed = _displayed(template)
    yield from (*_resized(displayed, known, wanted), *_repeated(displayed, known, wanted))


def _is(template: str, known: object) -> bool:
    try:
        value = evaluate(template)
        # An object that equals only itself is made anew each time.
        return type(value) is type(known) and (type(known).__eq__ is object.__eq__ or bool(value == known))
    except Exception:  # the value is the project's, or it cannot be made here
        return False


def _is_type(template: str, known: type) -> bool:
    """Whether it is this type, itself or as `typing` has it."""
    return _is(template, known) or any(typing.get_origin(value) is known for _, value in evaluable([template]))


def _changed(value: Any, known: Any, wanted: Any) -> Iterator[str]:
    """The templates that a literal of this value may become."""
    if isinstance(wanted, Written) and type(value) is type(known) and value == known:
        yield str(wanted)
    elif isinstance(wanted, Written):
        text = _text(wanted) if isinstance(value, str) and isinstance(known, str) else ""
        yield from map(repr, _rewritten(value, known, text)) if text else ()
    elif isinstance(value, TEXTS) and isinstance(known, TEXTS) and isinstance(wanted, TEXTS):
        pairs = ((_as_such(value, known, encoding), _as_such(value, wanted, encoding)) for encoding in ENCODINGS)
        for pair in dict.fromkeys(pairs):
            yield from map(repr, _rewritten(value, *pair))
    elif isinstance(value, str) and are_numbers(known, wanted):
        spellings = dict.fromkeys((str(known), str(known).removesuffix(".0")))
        yield from (repr(value.replace(digits, str(wanted), 1)) for digits in spellings if digits in value)
    elif isinstance(value, str) and isinstance(known, enum.Enum) and isinstance(wanted, enum.Enum):
        yield from _named(value, known, wanted)
    elif are_numbers(value, known, wanted):
        yield from (express(_like(value, number)) or "0" for number in _moved(value, known, wanted))
    elif type(value) is type(known) and value == known:
        yield express(wanted) or "None"


def _named(value: str, known: enum.Enum, wanted: enum.Enum) -> Iterator[str]:
    """Where a text is the name or the value of one member, that of the other."""
    for change in (str, str.lower, str.upper, str.title):
        if value == change(known.name):
            yield repr(change(wanted.name))
    if value == known.value:
        yield repr(wanted.value)


def _as_such(value: Any, text: Any, encoding: str) -> Any:
    """The text as the type that `value` has: code often encodes or decodes its input before it compares."""
    if isinstance(value, str):
        return text if isinstance(text, str) else text.decode(encoding, "replace")
    return text.encode(encoding, "replace") if isinstance(text, str) else bytes(text)


def _rewritten(value: Any, known: Any, wanted: Any) -> Iterator[Any]:
    if not known:  # nothing was left of the value, where something was wanted
        more = f"{wanted}name" if isinstance(wanted, str) and wanted.isspace() else wanted
        yield from (value + more, f"{value}\n{more}") if isinstance(value, str) else ()
    elif known in value:
        yield from _replaced(value, known, wanted)
    elif known in {value, value.lower(), value.upper(), value.strip()}:
        yield wanted


def _replaced(value: Any, known: Any, wanted: Any) -> Iterator[Any]:
    """`value` with one occurrence of `known` replaced: the others may stand for something else."""
    places = [*re.finditer(re.escape(known), value)]
    for match in places[: MOST_PLACES // 2] + places[MOST_PLACES // 2 :][-MOST_PLACES // 2 :]:
        yield value[: match.start()] + wanted + value[match.end() :]


def _moved(value: float, known: float, wanted: float) -> list[float]:
    """The wanted number, the value moved by the same difference, and the value scaled by the same ratio."""
    if value == known or not (_is_finite(known) and _is_finite(wanted)):
        return [wanted]
    with contextlib.suppress(OverflowError):  # a number that no float can hold
        return [value - known + wanted, *([value / known * wanted] if known else [])]
    return []


def _like(value: float, changed: float) -> float:
    whole = isinstance(value, int) and _is_finite(changed) and changed == int(changed)
    return int(changed) if whole else changed


def _is_finite(number: float) -> bool:
    return isinstance(number, int) or math.isfinite(number)


def _resized(value: object, known: object, wanted: object) -> Iterator[str]:
    """Where `known` is the length of the value: the value at the wanted length."""
    if not (_is_size(known) and _is_size(wanted) and isinstance(value, str | bytes | list | tuple)):
        return
    if len(value) == known:
        longer: Any = value or FILL.get(type(value), value)
        resized = (longer * (wanted + 1))[:wanted]
        yield express(resized) or repr(value)


def _repeated(value: object, known: object, wanted: object) -> Iterator[str]:
    """Where `known` is a length, at least that of the value: its first item, repeated as often as is wanted."""
    is_large = isinstance(wanted, int) and LONGEST < wanted <= LARGEST
    if is_large and _is_size(known) and isinstance(value, str | bytes | list | tuple) and len(value) <= known:
        yield f"{express(value[:1] or FILL[type(value)])} * {wanted}"


def _is_apart(before: str, after: str) -> bool:
    """Whether what stands between these is a whole argument or element."""
    begins, ends = before.rstrip()[-1:], after.lstrip()[:1]
    return begins in {"", *"([{,=:"} and ends in {"", *")]},"}


def _is_size(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST


def _displayed(template: str) -> object:
    """The value of a template that is a list or a tuple; None for anything else."""
    try:
        return evaluate(template) if template[:1] in {"[", "("} else None
    except Exception:  # it cannot be made here
        return None
