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
BUILT_IN = re.compile(r"bool|bytes|dict|float|int|list|object|set|str|tuple")
"""A class in the place of a function: nobody's time to live is `bool`."""
ENUMERATION = "⟨enum:Enum⟩("
"""A class that is made on the spot, where any other would do."""
PRIVATE = re.compile(r"[(,]\s*_[A-Za-z]\w*=(?!=)")
"""A parameter that callers are not meant to know of, by its name."""
BARE = re.compile(r"None|True|False|\[\]|\{\}|\(\)|set\(\)")
"""What has no literal in it."""
OPEN = ("'", '"', "b'", "[", "{", "(", "⟨file⟩", "str(⟨file⟩", "⟨io:")
WHOLE = re.compile(r"-?\d{1,18}")
UNKNOWN = "unknown"
"""A text that is none of those that something is compared with."""
HOST = "://example.com"
"""Of an address that stands for any: a part of one is none."""
ADDRESS = f"https{HOST}"
TRIVIAL = re.compile(rf"-?\d|b?''|'abc'|{ADDRESS!r}|'{UNKNOWN}'|{BARE.pattern}")
"""A literal that shows nothing but that something is there, or how many."""
HOLLOW = re.compile(r"(?:\[|\{|[,:] )(?:\(\)|\[\]|\{\})(?=[],}])|\[(?:[^\[\]()]*, )?None(?=[],])")
"""Nothing in a list, or as the value of a key."""
RAGGED = re.compile(r"\d\.\d{8,}|\d\.\d{3,}e[-+]?\d")
UNREADABLE = re.compile(r"b'(?:[^'\\]*\\x[0-9a-f]{2}){4,}[^']*'|b\"(?:[^\"\\]*\\x[0-9a-f]{2}){4,}[^\"]*\"")
"""Bytes that no person wrote down."""
LETTER = re.compile(r"b?'\w'")
"""A text of one sign: of all that may be passed it says the least."""
TEXTS = ("'", '"')
FUNCTION = re.compile(r"⟨(?:builtins|operator):\w+⟩(?!\()|\blambda\b.*")
"""A function that is passed, of Python or one that is made there."""
LONGEST_EDITED, FEWEST_EDITED = 60, 2
"""Of texts and numbers that are compared letter by letter, as templates."""
UNWRITTEN = 4
"""How far from what people wrote it is what is nothing like that."""
MOST_EDITED, MOST_EDITS = 4, 24
"""So many values are edited, each in so many ways."""
NOTHING = re.compile(r"(?<!⟨file)(?<!⟨folder)⟩\((\w+=None)?\)")
"""An object that is made of nothing; a path without a file, and an empty directory, are what they are."""
DATE = re.compile(r"⟨datetime:date(?:time)?⟩\((-?\d+)")
LONG = 40
WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,12}(?![A-Za-z])")
FEW_CUTS = 2
"""Of a text that is one word: before it and behind it."""


def shape(text: str) -> str:
    """Letters as `a`, digits as `9`, each run once: `2024-02-29` is `9-9-9`."""
    return re.sub(r"a+", "a", re.sub(r"9+", "9", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))))


def oddness(call: Call, known: frozenset[str] = frozenset()) -> int:
    """How much of a call nobody would write; 0 for a usual one.

    Args:
        call: Its arguments, receiver and set-up are looked at.
        known: Values (templates) that tests pass, and shapes of the texts among them: none of these is odd.
    """
    values = [*(value for _, value in call.arguments), *call.passed_on]
    own = sum(
        odd(value, known) + made_from_nothing(value) + (LETTER.fullmatch(value) is not None)
        for value in values
        if value not in known
    )
    if call.receiver and call.receiver not in known:
        is_operand = call.qualname.endswith("__") and not call.qualname.endswith("__call__")
        own += odd(call.receiver, known) + is_operand * made_from_nothing(call.receiver)
        own += len(RAGGED.findall(call.receiver))
    # People read nothing in a list twice, even where tests pass it, a number of many digits or bytes that a
    # program made, and a text that is passed twice.
    own += sum(hollow(value) + len(RAGGED.findall(value)) + len(UNREADABLE.findall(value)) for value in values)
    own += _alike(value for _, value in call.arguments if value not in known or value.startswith(TEXTS))
    return own + sum(oddness(step, known) for step in call.setup)


def hollow(template: str) -> int:
    """How many times there is nothing in a list or for a key."""
    return len(HOLLOW.findall(template))


def _alike(templates: Iterable[str]) -> int:
    """How many texts and numbers are there twice: nobody would see it if one took the place of the other."""
    found = [match[0] for text in templates for match in literals(text) if match.lastgroup != "word"]
    return len(found) - len({*found})


def made_from_nothing(template: str) -> int:
    """Such an object is often a zero, which a sum and a difference treat alike."""
    return len(NOTHING.findall(template))


def known_texts(templates: Iterable[str]) -> frozenset[str]:
    """What `oddness` takes for usual where tests pass these values."""
    texts = list(templates)
    shapes = {shape(_text(match[0])) for text in texts for match in literals(text) if match.lastgroup == "string"}
    return frozenset([*texts, *(shown for shown in shapes if shown)])


@lru_cache(maxsize=20_000)
def odd(template: str, usual: frozenset[str] = frozenset()) -> int:
    """How odd a value is, unless its texts have one of the `usual` shapes; 0 where nothing in it is."""
    found = 3 * template.count("⟨datetime:timezone⟩(⟨datetime:timedelta⟩())")
    found += template.count("lambda *args")
    found += 2 * len(PRIVATE.findall(template))
    found += sum(3 for year in DATE.findall(template) if int(year) not in USUAL_YEARS)
    for match in literals(template):
        if match.lastgroup == "string":
            text = _text(match[0])
            found += 0 if shape(text) in usual or text == ADDRESS else _odd_text(text)
        elif match.lastgroup == "number":
            found += abs(float(match[0])) >= LARGE
    found += 2 * template.startswith(ENUMERATION)
    return found + template.count("float('nan") + (BUILT_IN.fullmatch(template) is not None)


def _text(literal: str) -> str:
    value = eval(literal, {})
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def literals_of(template: str) -> Iterator[str]:
    """Its texts and numbers, each as `repr` writes it, the functions that it names, and what is bare."""
    yield from (repr(eval(match[0], {})) for match in literals(template) if match.lastgroup != "word")
    yield from (match[0] for match in FUNCTION.finditer(template))
    yield from [template] if BARE.fullmatch(template) else []


@lru_cache(maxsize=20_000)
def foreignness(template: str, own: frozenset[str], people: frozenset[str]) -> int:
    """How far a value is from what people wrote, by the farthest of its literals.

    Args:
        template: Of the value.
        own: Literals of what tests pass there.
        people: Those of all that people wrote.

    Returns:
        0 for what tests pass, 1 for that with a sign more, less or another, 2 for what people wrote elsewhere (and
        for what only says that something is there), 3 for that with another sign, 4 for what nobody wrote.
    """
    return max((_far(literal, own, people) for literal in literals_of(template)), default=0)


def _far(literal: str, own: frozenset[str], people: frozenset[str]) -> int:
    plain = 2 if TRIVIAL.fullmatch(literal) else UNWRITTEN
    steps = ((0, own), (2, people))
    exact = next((far for far, circle in steps if literal in circle), plain)
    edited = (far + 1 for far, circle in steps if not _cut(literal).isdisjoint(_all_cut(circle)))
    return min(exact, next(edited, plain))


@lru_cache(maxsize=64)
def _all_cut(circle: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*map(_cut, circle))


@lru_cache(maxsize=20_000)
def _cut(literal: str) -> frozenset[str]:
    """A literal, and it without each of its signs or words: of two that differ in one these have one in common.

    So have whole numbers beside each other: a limit of 30 is seen at 31. None for a word: without a letter that is
    another word, which nobody says.
    """
    text = literal[1:-1] if literal[:1] in {"'", '"'} else literal
    beside = [f"{int(literal) + more} and one more" for more in (-1, 0)] if WHOLE.fullmatch(literal) else []
    if text.isalpha() or not FEWEST_EDITED < len(text) <= LONGEST_EDITED:
        return frozenset(beside)
    return frozenset([text, *_less(text), *beside])


def _less(text: AnyStr) -> Iterator[AnyStr]:
    """The text without one of its signs, none of them a letter of a word, then without one of its words."""
    yield from (text[:at] + text[at + 1 :] for at in range(len(text)) if not _is_in_word(text, at))
    words = next(cuts(text))
    yield from without(text, words, at_once=(1,)) if len(words) > FEW_CUTS else ()


def _is_in_word(text: str | bytes, at: int) -> bool:
    """Whether there is a letter, and another one beside it."""
    beside = (text[max(at - 1, 0) : at + 1], text[at : at + 2])
    return any(len(two) > 1 and two.isalpha() for two in beside)


def edits(templates: Iterable[str]) -> Iterator[str]:
    """The first few of them with a little less in one of their texts: a sign, or a word."""
    for template in itertools.islice(filter(_has_text, templates), MOST_EDITED):
        yield from itertools.islice(_edits(template), MOST_EDITS)


def _has_text(template: str) -> bool:
    """Whether there is one that may be anything: what an object is made of is in a form of its own."""
    return template.startswith(OPEN) and any(match.lastgroup == "string" for match in literals(template))


def _edits(template: str) -> Iterator[str]:
    for match in literals(template):
        is_key = template[match.end() :].lstrip().startswith(":")
        if match.lastgroup == "string" and not is_key and not _text(match[0]).isalpha():
            for less in dict.fromkeys(filter(None, _less(eval(match[0], {})))):
                yield template[: match.start()] + repr(less) + template[match.end() :]


def _odd_text(text: str) -> int:
    """Of texts of several lines, how odd the oddest line is: a file's last line ends, too."""
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
    """Where a text can be cut: between words, and at signs when it is one word, or long.

    Never inside a word: a letter that is left of it is none that anybody would write.
    """
    text = value if isinstance(value, str) else value.decode("latin-1")
    words = [0, *(match.end() for match in re.finditer(r"\s(?=\S)", text)), len(text)]
    if len(words) > FEW_CUTS:
        yield words
    if len(words) <= FEW_CUTS or len(text) > LONG:
        inside = {at for match in WORD.finditer(text) for at in range(match.start() + 1, match.end())}
        yield [at for at in range(len(text) + 1) if at not in inside]


def without(value: AnyStr, places: Sequence[int], at_once: Collection[int] = ()) -> Iterator[AnyStr]:
    """The text without some of its parts, the most first; no space is left at its end."""
    parts = len(places) - 1
    for size in at_once or sorted({parts // 2, 2, 1} - {0}, reverse=True):
        for at in range(0, parts, size):
            left = value[: places[at]] + value[places[min(at + size, parts)] :]
            yield left.rstrip() if value == value.rstrip() else left
