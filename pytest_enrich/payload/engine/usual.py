"""How far a value is from what people write: of two inputs that do the same, a reader prefers the usual one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import AnyStr

from ..explore.calls import Call
from ..explore.templates import literals

USUAL_YEARS = range(1900, 2101)
LARGE = 10**10
LONG_WORD = 30
MIXED = 5
CLASS = re.compile(r"bool|bytes|dict|float|int|list|object|set|str|tuple|⟨[\w.]+:(?:\w+\.)*[A-Z]\w*[a-z]\w*⟩")
"""A class itself, or a form of annotation, as a value: nobody's time to live is `bool`."""
ENUMERATION = "⟨enum:Enum⟩("
"""A class that is made on the spot, where any other would do as well."""
PRIVATE = re.compile(r"[(,]\s*_[A-Za-z]\w*=(?!=)")
"""A parameter that callers are not meant to know, judging by its name."""
BARE = re.compile(r"None|True|False|\[\]|\{\}|\(\)|set\(\)")
"""Values without a literal in them."""
OPEN = ("'", '"', "b'", "[", "{", "(", "⟨file⟩", "str(⟨file⟩", "⟨io:")
WHOLE = re.compile(r"-?\d{1,18}")
UNKNOWN = "unknown"
"""A text that nothing is compared with."""
HOST = "://example.com"
"""The host of a placeholder address: part of an address is not an address."""
ADDRESS = f"https{HOST}"
TRIVIAL = re.compile(rf"-?\d|b?''|'abc'|{ADDRESS!r}|'{UNKNOWN}'|{BARE.pattern}")
"""A literal that shows only that something is there, or how much."""
HOLLOW = re.compile(r"(?:\[|\{|[,:] )(?:\(\)|\[\]|\{\})(?=[],}])|\[(?:[^\[\]()]*, )?None(?=[],])")
"""Something empty in a list, or as the value of a key."""
RAGGED = re.compile(r"\d\.\d{8,}|\d\.\d{3,}e[-+]?\d")
UNREADABLE = re.compile(r"b'(?:[^'\\]*\\x[0-9a-f]{2}){4,}[^']*'|b\"(?:[^\"\\]*\\x[0-9a-f]{2}){4,}[^\"]*\"")
"""Bytes that no person would write down."""
LETTER = re.compile(r"b?'\w'")
"""A text of one character: of all texts that can be passed, it says the least."""
TEXTS = ("'", '"')
FUNCTION = re.compile(r"⟨(?:builtins|operator):\w+⟩(?!\()|\blambda\b.*")
"""A function passed as a value: one of Python's, or a lambda."""
LONGEST_EDITED, FEWEST_EDITED = 60, 2
"""The lengths of texts and numbers, as templates, that are compared character by character."""
UNWRITTEN = 4
"""The distance of a value that is unlike anything people wrote."""
MOST_EDITED, MOST_EDITS = 4, 24
"""How many values are edited, and each in how many ways."""
NOTHING = re.compile(r"(?<!⟨file)(?<!⟨folder)⟩\((\w+=None)?\)")
"""An object made without arguments; a path without a file and an empty directory are meant to be that."""
DATE = re.compile(r"⟨datetime:date(?:time)?⟩\((-?\d+)")
LONG = 40
WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,12}(?![A-Za-z])")
FEW_CUTS = 2
"""The cuts of a text that is one word: before and after it."""


def shape(text: str) -> str:
    """The text with each run of letters as `a` and of digits as `9`: `2024-02-29` is `9-9-9`."""
    return re.sub(r"a+", "a", re.sub(r"9+", "9", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))))


def oddness(call: Call, known: frozenset[str] = frozenset()) -> int:
    """How much of a call is unlike what anybody would write; 0 for a usual one.

    Args:
        call: The call, of which arguments, receiver and set-up count.
        known: Values (templates) that tests pass, and the shapes of texts in them: none of these is odd.
    """
    values = [*(value for _, value in call.arguments), *call.passed_on]
    total = sum(
        odd(value, known) + made_from_nothing(value) + (LETTER.fullmatch(value) is not None)
        for value in values
        if value not in known
    )
    if call.receiver and call.receiver not in known:
        is_operand = call.qualname.endswith("__") and not call.qualname.endswith("__call__")
        total += odd(call.receiver, known) + is_operand * made_from_nothing(call.receiver)
        total += len(RAGGED.findall(call.receiver))
    # Even where tests pass them, people stumble over empty things in a list, a number of many digits, bytes that
    # a program made, and a text that is passed twice.
    total += sum(hollow(value) + len(RAGGED.findall(value)) + len(UNREADABLE.findall(value)) for value in values)
    total += _alike(value for _, value in call.arguments if value not in known or value.startswith(TEXTS))
    return total + sum(oddness(step, known) for step in call.setup)


def hollow(template: str) -> int:
    """How many times a list or a key holds something empty."""
    return len(HOLLOW.findall(template))


def _alike(templates: Iterable[str]) -> int:
    """How many texts and numbers are repeated: nobody would notice if one took the place of the other."""
    texts = [match[0] for template in templates for match in literals(template) if match.lastgroup != "word"]
    return len(texts) - len({*texts})


def made_from_nothing(template: str) -> int:
    """How many objects are made without arguments: often a zero, which a sum and a difference treat alike."""
    return len(NOTHING.findall(template))


def known_texts(templates: Iterable[str]) -> frozenset[str]:
    """What `oddness` considers usual where tests pass these values."""
    texts = list(templates)
    shapes = {shape(_text(match[0])) for text in texts for match in literals(text) if match.lastgroup == "string"}
    return frozenset([*texts, *(form for form in shapes if form)])


@lru_cache(maxsize=20_000)
def odd(template: str, usual: frozenset[str] = frozenset()) -> int:
    """How odd a value is, where texts of a `usual` shape do not count; 0 if nothing in it is odd."""
    score = 3 * template.count("⟨datetime:timezone⟩(⟨datetime:timedelta⟩())")
    score += template.count("lambda *args")
    score += 2 * len(PRIVATE.findall(template))
    score += sum(3 for year in DATE.findall(template) if int(year) not in USUAL_YEARS)
    for match in literals(template):
        if match.lastgroup == "string":
            text = _text(match[0])
            score += 0 if shape(text) in usual or text == ADDRESS else _odd_text(text)
        elif match.lastgroup == "number":
            score += abs(float(match[0])) >= LARGE
    score += 2 * template.startswith(ENUMERATION)
    return score + template.count("float('nan") + (CLASS.fullmatch(template) is not None)


def _text(literal: str) -> str:
    value = eval(literal, {})
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def literals_of(template: str) -> Iterator[str]:
    """Its texts and numbers, each as `repr` writes it, the functions that it names, and itself if it is bare."""
    yield from (repr(eval(match[0], {})) for match in literals(template) if match.lastgroup != "word")
    yield from (match[0] for match in FUNCTION.finditer(template))
    yield from [template] if BARE.fullmatch(template) else []


@lru_cache(maxsize=20_000)
def foreignness(template: str, own: frozenset[str], people: frozenset[str]) -> int:
    """How far a value is from what people wrote, judged by its farthest literal.

    Args:
        template: The value.
        own: Literals of the values that tests pass there.
        people: Literals of everything that people wrote.

    Returns:
        0 for what tests pass, 1 for that with one character added, removed or changed, 2 for what people wrote
        elsewhere (and what only says that something is there), 3 for that with such an edit, 4 for anything else.
    """
    return max((_far(literal, own, people) for literal in literals_of(template)), default=0)


def _far(literal: str, own: frozenset[str], people: frozenset[str]) -> int:
    plain = 2 if TRIVIAL.fullmatch(literal) else UNWRITTEN
    steps = ((0, own), (2, people))
    # A text says the same as bytes.
    forms = {literal, literal[1:] if literal[:1] == "b" else f"b{literal}"}
    exact = next((far for far, circle in steps if not forms.isdisjoint(circle)), plain)
    edited = (far + 1 for far, circle in steps if not _cut(literal).isdisjoint(_all_cut(circle)))
    return min(exact, next(edited, plain))


@lru_cache(maxsize=64)
def _all_cut(circle: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*map(_cut, circle))


@lru_cache(maxsize=20_000)
def _cut(literal: str) -> frozenset[str]:
    """A literal, and it without each of its characters or words: two that differ in one of them share a result.

    So do neighbouring whole numbers: a limit of 30 shows at 31. None for a word: without one of its letters it
    would be another word, which nobody uses.
    """
    text = literal[1:-1] if literal[:1] in {"'", '"'} else literal
    beside = [f"{int(literal) + more} and one more" for more in (-1, 0)] if WHOLE.fullmatch(literal) else []
    if text.isalpha() or not FEWEST_EDITED < len(text) <= LONGEST_EDITED:
        return frozenset(beside)
    return frozenset([text, *_less(text), *beside])


def _less(text: AnyStr) -> Iterator[AnyStr]:
    """The text without one character (never a letter within a word), then without one of its words."""
    yield from (text[:at] + text[at + 1 :] for at in range(len(text)) if not _is_in_word(text, at))
    words = next(cuts(text))
    yield from without(text, words, at_once=(1,)) if len(words) > FEW_CUTS else ()


def _is_in_word(text: str | bytes, at: int) -> bool:
    """Whether there is a letter at this place, with another one beside it."""
    beside = (text[max(at - 1, 0) : at + 1], text[at : at + 2])
    return any(len(pair) > 1 and pair.isalpha() for pair in beside)


def edits(templates: Iterable[str]) -> Iterator[str]:
    """The first few templates with a character or a word removed from one of their texts."""
    for template in itertools.islice(filter(_has_text, templates), MOST_EDITED):
        yield from itertools.islice(_edits(template), MOST_EDITS)


def _has_text(template: str) -> bool:
    """Whether it has a text of free form: what other objects are made of has a form of its own."""
    return template.startswith(OPEN) and any(match.lastgroup == "string" for match in literals(template))


def _edits(template: str) -> Iterator[str]:
    for match in literals(template):
        is_key = template[match.end() :].lstrip().startswith(":")
        if match.lastgroup == "string" and not is_key and not _text(match[0]).isalpha():
            for less in dict.fromkeys(filter(None, _less(eval(match[0], {})))):
                yield template[: match.start()] + repr(less) + template[match.end() :]


def _odd_text(text: str) -> int:
    """How odd the oddest line of the text is; the newline at its end does not start another line."""
    lines = text.removesuffix("\n").split("\n")
    return max(_odd_line(line) for line in lines)


def _odd_line(text: str) -> int:
    if not text:
        return 1
    runs = re.findall(r"[^\W\d_]+|\d+|\s+|[^\w\s]|_+", text)
    unusual = 2 * (not text.isprintable())
    strange = 2 * any(not char.isascii() for char in text)
    bare = 2 * (not any(char.isalnum() for char in text))
    padded = text != text.strip()
    return bare + strange + unusual + padded + (len(runs) > MIXED) + (len(text) > LONG_WORD)


def cuts(value: str | bytes) -> Iterator[Sequence[int]]:
    """Where a text can be cut: between words, and between characters if it is one word or long.

    Never inside a word: nobody would write what is left of it.
    """
    text = value if isinstance(value, str) else value.decode("latin-1")
    words = [0, *(match.end() for match in re.finditer(r"\s(?=\S)", text)), len(text)]
    if len(words) > FEW_CUTS:
        yield words
    if len(words) <= FEW_CUTS or len(text) > LONG:
        inside = {at for match in WORD.finditer(text) for at in range(match.start() + 1, match.end())}
        yield [at for at in range(len(text) + 1) if at not in inside]


def without(value: AnyStr, places: Sequence[int], at_once: Collection[int] = ()) -> Iterator[AnyStr]:
    """The text without some of its parts, the largest removals first; no trailing space is added."""
    parts = len(places) - 1
    for size in at_once or sorted({parts // 2, 2, 1} - {0}, reverse=True):
        for at in range(0, parts, size):
            left = value[: places[at]] + value[places[min(at + size, parts)] :]
            yield left.rstrip() if value == value.rstrip() else left
