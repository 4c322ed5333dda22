"""Turns prose, names and values of the code into words of a test's name."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise
from typing import Any

from pytest_enrich.data import Template
from pytest_enrich.writing.syntax import IMPORTED, expression, last_name, literal_value, plain

SIGNS = {
    "\n": "newline", "\t": "tab", "\r": "carriage_return", ".": "dot", "/": "slash", "\\": "backslash",
    "_": "underscore", "-": "hyphen", "#": "hash", "{": "brace", "}": "closing_brace", "[": "bracket",
    "]": "closing_bracket", "(": "parenthesis", ")": "closing_parenthesis", "'": "quote", '"': "double_quote",
    "@": "at_sign",
}  # fmt: skip
"""Signs that people call by another name than Unicode does."""
VERBS = {
    "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide", "eq": "equality",
    "ne": "inequality", "lt": "less_than", "le": "at_most", "gt": "greater_than", "ge": "at_least",
    "neg": "negate", "contains": "membership", "getitem": "lookup", "setitem": "assignment", "delitem": "deletion",
    "bool": "truth", "iter": "iteration", "len": "length", "call": "calling",
    "enter": "entering", "exit": "leaving", "getattr": "attribute", "and": "intersection", "or": "union",
    "xor": "symmetric_difference", "mod": "modulo", "pow": "power",
}  # fmt: skip
"""Special methods as people call them; the names of others say it already (`__hash__`, `__add__`)."""
SPECIAL = {"inf": "infinite", "-inf": "infinite", "nan": "nan"}
SPECIAL |= {f"float('{name}')": kind for name, kind in SPECIAL.items()}
"""Unusual numbers, as they are written."""
OPERATORS = "add|sub|mul|truediv|floordiv|mod|pow|and|or|xor|matmul|divmod|lshift|rshift"
REVERSED = re.compile(rf"r(?=({OPERATORS})$)")
FROM = tuple(f"{VERBS.get(name, name)}_from" for name in OPERATORS.split("|"))
"""How the reversed operators are called."""
MOST_WORDS, LONGEST_PROSE = 7, 300
SINGLE = 1
FEW = 2
"""The first so many words of a longer sentence name its subject, and say nothing about it yet."""
LONGEST_VALUE, MOST_VALUE_WORDS = 22, 3
SENTENCE = re.compile(r"[.;:!?](?=\s|$)|\s(?:--?|[\u2013\u2014])(?=\s)|\s\(|,\s|\n\s*\n")
QUOTED = re.compile(r"""(?<!\w)(['"])(.*?)\1(?!\w)|<(\w+)>|<[^>]*>|\{[^}]*\}""")
"""What is quoted in a sentence, a tag (`<table>`), and what stands for a value."""
OBJECT = re.compile(r"<[A-Za-z_][\w.]*[ (][^<>]*>")
"""The repr of an object in a message, with an address or a number of its own."""
INVALID = re.compile(r"^.*\b(is|are) not (an? )?valid (?=\w)")
"""A message up to `... is not a valid`, whatever is said not to be."""
JOINTS = {
    "a", "after", "an", "and", "are", "as", "at", "be", "because", "been", "before", "but", "by", "could", "did",
    "do", "does",
    "for", "from", "got", "had", "has", "have", "if", "in", "into", "is", "it", "its", "of", "on", "or",
    "since", "so", "such", "than", "that", "the", "their", "then", "these", "this", "to", "was", "were",
    "when", "where", "which", "while", "will", "with", "would",
}  # fmt: skip
"""Words that say nothing by themselves: no phrase ends with one."""
KNOWN_AS = {"int": "number", "float": "number", "str": "string", "NoneType": "none"}
KINDS = {**KNOWN_AS, "int": "integer", "bool": "boolean", "dict": "dictionary"}
"""What a value is called if its kind is what is to be said about it."""
PLURAL = re.compile(r"[^s]s$")
CLASSES = {"date", "datetime", "time", "timedelta"}
"""Classes whose names do not begin with a capital letter."""
ARTICLES = {"a", "an", "the"}
PLACEHOLDERS = {"bar", "baz", "eggs", "foo", "qux", "spam"}
"""Words that stand for anything: if a text that is passed contains one, it is a value in a message."""
CUTS = {
    "and", "as", "at", "because", "but", "by", "for", "from", "if", "in", "into", "of", "on", "since", "so",
    "that", "to", "when", "where", "which", "while", "with",
}  # fmt: skip
"""Words before which a phrase that is too long may be cut."""
OPEN = {"of", "by", "to", "than"}
"""Words that mean nothing without what follows."""
NEGATING = {"no", "not", "nor"}
BOUND = {*OPEN, "and", "nor", "or"}
"""After these, a word stays even if it was passed: the sentence needs one."""
HALF = {("by",), ("than",), ("of", "any"), ("of", "either"), ("of", "one"), ("of", "some")}
"""Endings (last word first) that leave half a statement behind when they are cut off: `must be followed`."""
NOTATIONS = {
    "hexadecimal": r"[+-]?0[xX][0-9a-fA-F]+",
    "octal": r"[+-]?0[oO][0-7]+",
    "binary": r"[+-]?0[bB][01]+",
    "zero_padded": r"[+-]?0\d{1,4}",
    "negative": r"-(0|[1-9]\d*)(\.\d+)?",
}
_NAMES = (ast.Name, ast.Attribute, ast.Load)


def phrase(prose: str, given: Collection[str] = (), most: int = MOST_WORDS) -> str:
    """The first clause of a text as part of a name; "" if it cannot be made short enough.

    A longer clause is cut before `to`, `when` and the like. Articles are left out, and so is quoted text that is
    one of the values `given`: another input has another value.
    """
    words = clause(prose, given)
    if len(words) > most:
        cuts = [at for at, word in enumerate(words[: most + 1]) if word in CUTS and at > FEW]
        at = cuts[-1] if cuts else 0
        # `either` needs its `or`, and `only` the rest of the sentence.
        is_one = "either" in words[:at] and ("or" not in words[:at] or words[at] == "or")
        words = () if is_one or "only" in words[:at] else words[:at]
    return "_".join(_ended(words))


def clause(prose: str, given: Collection[str] = ()) -> tuple[str, ...]:
    """The words of the first clause of a text, however many; none if the text is not ASCII."""
    bare = re.sub(r"[`*]|\(s\)| \([^()]*\)(?= \w)", "", prose.strip()[:LONGEST_PROSE]).replace("NoneType", "None")
    text = SENTENCE.split(bare, maxsplit=1)[0]
    text = QUOTED.sub(lambda match: _unquoted(match[2] or match[3] or "", given), text)
    text = re.sub(r"^(there|There)('s| is| are| was| were) ", "", INVALID.sub("invalid ", text))
    text = re.sub(r"\b([Cc])an(no|')t\b", r"\1annot", text.replace("\u2019", "'").replace("ain't", "isn't"))
    text = re.sub(r"\b([Ww])on't\b", r"\1ill not", text)
    text = re.sub(r"(?<=\w)n't\b", " not", text)
    all_words = _split(text)
    unarticled = (word for before, word in pairwise(["", *all_words]) if word not in ARTICLES or before == "not")
    # A quoted word is the value; the same word elsewhere in the sentence is not.
    passed = {value.lower() for value in given if f"'{value}'" not in prose and f'"{value}"' not in prose}
    passed -= {"unknown"} & {*all_words[:1]}  # as the first word it says what is wrong, whatever was passed
    passed |= PLACEHOLDERS & {word for value in given for word in _split(value)}
    kept = (word for before, word in pairwise(["", *unarticled]) if word not in passed or before in BOUND)
    left = [word for before, word in pairwise(["", *kept]) if word != before] if text.isascii() else []
    # `units of 'J' and 's'`: what was passed stood between these two words.
    parted = (at for at, pair in enumerate(pairwise(left)) if pair[0] in OPEN and pair[1] in {"and", "or"})
    return tuple(left[: next(parted, len(left))])


def _ended(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without an ending that needs something after it; none if the rest would be half a statement."""
    if {words[-1:], words[:-3:-1]} & HALF:
        return ()
    while words and (words[-1] in JOINTS | OPEN | NEGATING or words[-2:-1] in (("when",), ("if",), ("because",))):
        words = words[:-1]  # `when messages`, of `when messages is a list`, is half a clause
    return words


def value_slug(template: Template) -> str:
    """A short value as part of a name (`'not found'` gives `not_found`); "" if nobody would say it in a name.

    That is so for texts of several lines, texts and numbers with many digits, and what has to be computed. A
    single sign goes by its name: `percent_sign`.
    """
    text, node = plain(template), expression(template)
    match node:
        case ast.Constant(str(sign)) if len(sign) == SINGLE and not sign.isalnum():
            return re.sub(r"\W+", "_", (SIGNS[sign] if sign in SIGNS else unicodedata.name(sign, "")).lower())
    words = "" if re.search(r"\\[nrtx]|\d{5}|[(\[{]", text) else snake(text)
    is_short = len(words) <= LONGEST_VALUE and words.count("_") < MOST_VALUE_WORDS
    return words if words and words.isascii() and is_short else ""


def subject(qualname: str, receiver: Template | None) -> str:
    """What is called, as people would say: for an inherited method with the object's class, if that is plain.

    An object that is known by a name counts by that name.

    Args:
        qualname: That of the function (`Field.load`).
        receiver: The template of the object that it is called on (`⟨shop.fields:Number⟩(3)`).
    """
    method = qualname.rpartition(".")[2]
    known = re.fullmatch(r"⟨[\w.]+:(?:\w+\.)*([a-z]\w*)⟩", receiver or "")
    if known and "." in qualname:
        return f"{known[1]}.{method}"
    # Only a name that begins with a capital letter is a class: a function may have made the object, too.
    made = re.match(r"⟨[\w.]+:([\w.]*\b_?[A-Z]\w*)⟩\(", receiver or "")
    return f"{made[1]}.{method}" if "." in qualname and made and _is_call(receiver or "") else qualname


def called(name: str) -> str:
    """What a function is called, by the last part of its qualname; special methods as people call them."""
    if name.endswith("="):
        return f"{snake(name)}_setter"
    if not (name.startswith("__") and name.endswith("__")):
        return snake(name)
    bare = name.strip("_")
    base = REVERSED.sub("", bare)
    return VERBS.get(base, base) + ("_from" if base != bare else "")


def snake(name: str) -> str:
    """A name or a short text as part of a test's name: `Cart.addItem` gives `cart_add_item`."""
    return "_".join(_split(re.sub(r"(?<![0-9A-Za-z])-(?=\d)", " minus ", name)))


def _split(text: str) -> list[str]:
    # A single capital letter at the end belongs to the word before it if that is too short to be one: `GiB`.
    humps = r"(?<=[a-z0-9])(?=[A-Z](?!\b))|(?<=[a-z]{3})(?=[A-Z]\b)|(?<=[A-Z])(?=[A-Z][a-z]{2})"
    # `built-in` is one word: without its end it would be another.
    text = re.sub(humps, "_", re.sub(r"(?<=[a-z])-in\b", "in", text))
    return [word.lower() for word in re.split(r"[^0-9A-Za-z]+", text) if word]


def _unquoted(quoted: str, given: Collection[str]) -> str:
    """The words in quotes or a tag; none of a value, as another input has another one."""
    return f" {quoted} " if re.fullmatch(r"\w[\w ]+", quoted) and quoted not in given else ""


def _is_call(template: Template) -> bool:
    """Whether a template calls a name, and does nothing with the result."""
    node = expression(template)
    return isinstance(node, ast.Call) and all(isinstance(part, _NAMES) for part in ast.walk(node.func))


def evident(value: Template, known: str, *, optional: bool) -> str:
    """What is obvious about the value of a parameter that is `known` as this; "" if it is like any other."""
    if kind := SPECIAL.get(plain(value).replace('"', "'")):
        return f"{kind}_{known}"
    node = expression(value)
    if isinstance(node, ast.Call):
        made = snake(name) if is_class(name := last_name(node.func)) else known
        return f"with_{made}" if made != known else ""  # `with_node` says nothing about a `node`
    if constant := _constant(value, node):
        return f"{constant}_{known}"
    literal = literal_value(node) if node is not None else None
    return _evident_literal(literal[0], known, optional=optional) if literal is not None else ""


def _constant(value: Template, node: ast.expr | None) -> str:
    """The name of a constant: `null` for `⟨colander:null⟩`, `red` for `Color.RED`."""
    is_imported = IMPORTED.fullmatch(value) is not None and not value.startswith("⟨builtins:")
    is_capital = isinstance(node, ast.Attribute) and node.attr.isupper()
    name = last_name(node) if is_imported or is_capital else ""
    return "" if is_class(name) and not name.isupper() else snake(name)


def _evident_literal(value: Any, known: str, *, optional: bool) -> str:  # noqa: ANN401 - any literal
    if value is None:
        return f"without_{known}" if optional else f"none_{known}"
    if isinstance(value, bool):
        return f"{'with' if value else 'without'}_{known}"
    if isinstance(value, int | float):
        kind = "zero" if value == 0 else "negative" if value < 0 else "fractional" if value % 1 else ""
    elif isinstance(value, str) and value and not value.strip():
        kind = "blank"
    elif isinstance(value, list | tuple) and value:
        kinds = {_evident_literal(item, known, optional=False) for item in value}
        return kinds.pop() if kinds <= {f"negative_{known}", f"none_{known}"} and len(kinds) == 1 else ""
    else:
        kind = "" if value else "empty"
        # Only a plural says that it is a collection: an empty `path` would be a text.
        if kind and isinstance(value, list | tuple | dict) and not PLURAL.search(known):
            own = type(value).__name__
            return f"empty_{KINDS.get(own, own)}"
    return f"{kind}_{known}" if kind else ""


def notation(value: object) -> str:
    """The notation of a number that is passed as text (`hexadecimal` for `0x1f`); "" if it is the usual one."""
    text = value if isinstance(value, str) else ""
    return next((kind for kind, pattern in NOTATIONS.items() if re.fullmatch(pattern, text)), "")


def main_text(message: str) -> str:
    """The longest text among the arguments of an exception that is shown as `(405, 'Method not allowed')`.

    Without who says it: `[shop] invalid code`.
    """
    message = re.sub(r"^\[[A-Za-z][\w.-]*\]:? +(?=\w)", "", message)
    literal = literal_value(message) if message.startswith("(") else None
    arguments = literal[0] if literal is not None and isinstance(literal[0], tuple) else ()
    return max((argument for argument in arguments if isinstance(argument, str)), key=len, default=message)


def told(value: Template) -> str:
    """What is obvious about a value that has no name: `hexadecimal_text`, `negative_number`."""
    literal = literal_value(value)
    if literal is None or literal[0] is None or isinstance(literal[0], bool):
        return ""
    known = (
        "text" if isinstance(literal[0], str) else "number" if isinstance(literal[0], int | float) else "values"
    )
    kind = notation(literal[0])
    return f"{kind}_{known}" if kind else evident(value, known, optional=False)


def is_class(name: str) -> bool:
    """Whether a name looks like the name of a class."""
    return name[:1].isupper() or name in CLASSES
