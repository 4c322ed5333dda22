"""What a docstring says of a function's result, where it says so unmistakably."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

OTHER_SECTION = re.compile(
    r"^\s*(args|arguments|parameters|params|raises|yields|notes?|examples?|see also|attributes|warnings?|todo|"
    r"references?)\s*:?\s*$",
    re.IGNORECASE,
)
RESULT_SECTION = re.compile(r"^\s*returns?\s*:?\s*$", re.IGNORECASE)
FIELD = re.compile(r"^\s*:(param|type|raises?|rtype|arg|keyword)\b[^:]*:.*$")
ABOUT_RESULT = re.compile(
    r"^(:returns?:|(the (result|returned? value|output)|results?|returns?|gives?|it|this|always|never|keeps?|"
    r"preserves?|the (length|order)|length|order)\b)",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"\b(if|when|unless|may|might|usually|normally|should|must|except|but|or None|expects?)\b", re.IGNORECASE
)
NUMBER = r"(-?\d+(?:\.\d+)?)"
IDEMPOTENT = re.compile(
    r"\bidempotent\b|"
    r"\b(appl(y|ying)|call(ing)?|normali[sz]ing) (it )?(twice|again)\b.*\b(nothing|no effect|same)\b",
    re.IGNORECASE,
)
NOT_IDEMPOTENT = re.compile(r"\bnot (an? )?idempotent\b", re.IGNORECASE)
SAME_AS = re.compile(
    r"\b(?:same (?:result |value |output )?as|equivalent (?:to|of)|"
    r"(?:slow|slower|fast|faster|naive|simple|legacy|old|reference|pure[- ]python|recursive|iterative|"
    r"optimi[sz]ed) "
    r"(?:version|implementation|variant|form) of)\W+(?:\w+:)?`*([A-Za-z_][\w.]*)",
    re.IGNORECASE,
)
DIFFERS = re.compile(
    r"\b(but|except|unless|without|instead|plus|then)\b(?! (much )?(slow|fast|in pure|using|as fast))",
    re.IGNORECASE,
)


class Invariant(Struct, frozen=True, kw_only=True):
    """Something that holds of each result.

    Attributes:
        left, right: What is compared; `{result}` is the call, `{input}` its first argument. Without `right`, what
            is true.
        relation: `==`, `>=`, ...
        name: As the end of a test's name (`is_never_negative`).
        words: As the end of a question (`never negative`).
    """

    left: str
    relation: str = ""
    right: str = ""
    name: str
    words: str


RULES = (
    (
        r"\b(never negative|always non-?negative|a non-?negative (int|integer|number|float)\b)",
        ("{result}", ">=", "0"),
        "is_never_negative",
    ),
    (
        r"\b(always positive|a (strictly )?positive (int|integer|number|float)\b)",
        ("{result}", ">", "0"),
        "is_positive",
    ),
    (
        r"\b(never (an )?empty|always (a )?non-?empty|a non-?empty (str|string|text|list|tuple|bytes|dict|set)\b)",
        ("{result}", "", ""),
        "is_never_empty",
    ),
    (
        r"\b(same length as|length is (unchanged|kept|preserved|the same)|(keeps?|preserves?) the length)\b",
        ("len({result})", "==", "len({input})"),
        "keeps_the_length",
    ),
    (r"\b(in ascending order|a sorted (list|tuple))\b", ("{result}", "==", "sorted({result})"), "is_sorted"),
    (r"\bwithout duplicates\b", ("len({result})", "==", "len(set({result}))"), "has_no_duplicates"),
)
BETWEEN = re.compile(
    rf"\bbetween {NUMBER} and {NUMBER}\b|\b(?:in|within) (?:the )?(?:range )?\[{NUMBER}, ?{NUMBER}\]"
)
NEVER_LONGER = re.compile(
    r"\b(?:never|not) (?:be )?longer than `*(\w+)`*|"
    r"\bat most `*(\w+)`* (?:characters|chars|bytes|items|elements) ?(?:long)?"
)
SYMMETRIC = re.compile(r"\b(symmetric|commutative)\b", re.IGNORECASE)


def sentences(docstring: str) -> Iterator[str]:
    """What is said of the function itself and of its result: not of its parameters, nor in examples."""
    kept: list[str] = []
    of_result, skipping = False, False
    for line in docstring.splitlines():
        if RESULT_SECTION.match(line):
            of_result, skipping = True, False
        elif OTHER_SECTION.match(line):
            of_result, skipping = False, True
        elif not line.strip() or line.lstrip().startswith(">>>"):
            kept.append("\n")
        elif not skipping and not FIELD.match(line) and not set(line.strip()) <= set("-=~"):
            kept.append(f"Returns {line.strip()}" if of_result else line.strip())
            of_result = False
    for block in " ".join(kept).split("\n"):
        yield from (sentence.strip() for sentence in re.split(r"(?<=[.;!])\s+", block) if sentence.strip())


def invariants(docstring: str, names: frozenset[str]) -> Iterator[Invariant]:
    """The invariants of the result that a docstring states; `names` are the parameters' that it may refer to."""
    for sentence in sentences(docstring):
        if not ABOUT_RESULT.match(sentence) or HEDGED.search(sentence):
            continue
        for pattern, (left, relation, right), name in RULES:
            if re.search(pattern, sentence, re.IGNORECASE):
                yield Invariant(left=left, relation=relation, right=right, name=name, words=name.replace("_", " "))
        yield from _measured(sentence, names)


def is_idempotent(docstring: str) -> bool:
    """Whether it says that doing it again changes nothing."""
    return bool(IDEMPOTENT.search(docstring)) and not NOT_IDEMPOTENT.search(docstring)


def is_symmetric(docstring: str) -> bool:
    """Whether it says that the arguments may change places."""
    claims = [sentence for sentence in sentences(docstring) if SYMMETRIC.search(sentence)]
    return bool(claims) and not any(re.search(r"\bnot\b|\bnon", sentence, re.IGNORECASE) for sentence in claims)


def same_as(docstring: str) -> Iterator[str]:
    """The names of functions that it says always give the same."""
    for sentence in sentences(docstring):
        match = SAME_AS.search(sentence)
        if (
            match
            and not DIFFERS.search(sentence[match.end() :])
            and not re.search(r"\bnot\b", sentence, re.IGNORECASE)
        ):
            yield match[1].rstrip(".").rpartition(".")[2]


def _measured(sentence: str, names: frozenset[str]) -> Iterator[Invariant]:
    between = BETWEEN.search(sentence)
    if between:
        low, high = (part for part in between.groups() if part)
        name = f"is_between_{low}_and_{high}".replace("-", "minus_").replace(".", "_")
        yield Invariant(left=f"{low} <= {{result}} <= {high}", name=name, words=f"is between {low} and {high}")
    longer = NEVER_LONGER.search(sentence)
    most = next((part for part in longer.groups() if part), "") if longer else ""
    if most in names or most.isdigit():
        words = f"is never longer than {most}"
        yield Invariant(left="len({result})", relation="<=", right=most, name=words.replace(" ", "_"), words=words)
