"""A law: what should hold for every input, how the functions it is about are called, and which undoes which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from pytest_enrich.data import Parameter, Template
from pytest_enrich.proposers.properties.outline import Class, Function, Outline

MOST_REQUIRED = 3
LOOSE = frozenset({"sequence", "iterable", "collection", "mapping", "list", "dict", "tuple"})
"""What many other things can be passed for."""
# The pairs of Hypothesis's ghostwriter, and some more that people use.
# The first of a pair makes what the second takes apart: the second undoes the first.
STEMS = (
    ("encode", "decode"),
    ("encipher", "decipher"),
    ("encrypt", "decrypt"),
    ("dumps", "loads"),
    ("dump", "load"),
    ("dump", "parse"),
    ("serialize", "deserialize"),
    ("serialise", "deserialise"),
    ("serialize", "parse"),
    ("marshal", "unmarshal"),
    ("pack", "unpack"),
    ("compress", "decompress"),
    ("compress", "expand"),
    ("deflate", "inflate"),
    ("escape", "unescape"),
    ("quote", "unquote"),
    ("flatten", "unflatten"),
    ("wrap", "unwrap"),
    ("mangle", "unmangle"),
    ("obfuscate", "deobfuscate"),
    ("hexlify", "unhexlify"),
    ("unparse", "parse"),
    ("format", "parse"),
    ("render", "parse"),
    ("stringify", "parse"),
    ("build", "parse"),
    ("compose", "parse"),
    ("join", "split"),
    ("isoformat", "fromisoformat"),
    ("isoformat", "parse"),
)
PATTERNS = (
    (re.compile(r"to_(.+)"), "from_{0}"),
    (re.compile(r"as_(.+)"), "from_{0}"),
    (re.compile(r"(.+)_to_(.+)"), "{1}_to_{0}"),
    (re.compile(r"(.+?)2(.+?)(_.+)?"), "{1}2{0}{2}"),
    (re.compile(r"to(str|string|bytes|dict|json|list|tuple|hex|xml|yaml)"), "from{0}"),
)
TEXT_OF = {
    "__str__": ("parse", "from_string", "from_str", "fromstring", "from_text"),
    "__bytes__": ("parse", "from_bytes", "frombytes"),
}
"""What undoes `str(x)` and `bytes(x)`."""
STEPS = {"build", "join", "format", "render", "compose", "wrap", "dump"}
"""Stems that are words of their own only: not in `address`."""


class Input(Struct, frozen=True, kw_only=True, eq=False):
    """Something that Hypothesis draws: an argument `of` a function, or an object of a class."""

    parameter: Parameter
    of: Function | None = None
    cls: Class | None = None


class Law(Struct, frozen=True, kw_only=True, eq=False):
    """Something that should hold for every input.

    Attributes:
        functions: Those that it calls, the one that it is about first.
        inputs: What is drawn.
        scene: A statement before, "" for none.
        left, relation, right: What is compared, as templates in which `{name}` stands for an input; without
            `relation` what is true. `{result}` stands for `result`.
        result: What `{result}` is, "" when nothing refers to it.
        name: The test's name without `test_`.
        title: What is checked, in words.
        question: What only a person can answer; `{every}` stands for the inputs in words.
        rule: By which it was thought of.
    """

    functions: tuple[Function, ...]
    inputs: tuple[Input, ...]
    left: Template
    relation: str = ""
    right: Template = ""
    scene: Template = ""
    result: Template = ""
    name: str
    title: str
    question: str
    rule: str = ""


class Caller(Struct, frozen=True, kw_only=True, eq=False):
    """How functions of one module are called in a template."""

    outline: Outline

    def call(self, function: Function, arguments: Iterable[str], receiver: str = "") -> Template:
        """A call, as a template; of `__str__` and `__bytes__` as everybody writes it."""
        if receiver and function.name in TEXT_OF:
            return f"⟨builtins:{function.name.strip('_')}⟩({receiver})"
        inside = ", ".join(arguments)
        return (
            f"{receiver}.{function.name}({inside})" if receiver else f"{self._name(function.qualname)}({inside})"
        )

    def scene(self, function: Function) -> tuple[Template, str] | None:
        """The statement that makes the object which a method is called on, and the object's name; None: no way.

        Both are "" for what is called without an object.
        """
        if function.kind != "method":
            return "", ""
        cls = self.outline.classes.get(function.owner)
        if cls is None or cls.fields is None or any(map(_is_needed, cls.fields)):
            return None
        name = snake(cls.name)
        return f"{name} = {self._name(cls.name)}()", name

    def sibling(self, function: Function, name: str) -> Function | None:
        """Another function of this name beside one: in the same class, or outside all."""
        other = self.outline.functions.get(f"{function.owner}.{name}" if function.owner else name)
        return other if other is not function else None

    def _name(self, qualname: str) -> Template:
        return f"⟨{self.outline.module}:{qualname}⟩"


def inputs(function: Function, parameters: Iterable[Parameter]) -> tuple[Input, ...]:
    """What is drawn for these parameters of a function."""
    return tuple(Input(parameter=parameter, of=function) for parameter in parameters)


def passed(parameters: Iterable[Parameter]) -> list[Template]:
    """Arguments that give each parameter what is drawn for it; by name where it may be left out."""
    return [
        f"{{{each.name}}}"
        if each.default is None and each.kind != "keyword only"
        else f"{each.name}={{{each.name}}}"
        for each in parameters
    ]


def is_callable(function: Function) -> bool:
    """Whether it takes something, and not so much that nobody could read the test."""
    return 1 <= len(function.required) <= MOST_REQUIRED


def named(function: Function) -> str:
    """A function as part of a test's name (`Money.normalize` gives `money_normalize`)."""
    return snake(function.qualname.replace(".", "_"))


def snake(name: str) -> str:
    """A class's name as a variable's (`HTTPCode` gives `httpcode`, `SmallFrame` gives `small_frame`)."""
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and at and name[at - 1].islower() else letter.lower()
        for at, letter in enumerate(name)
    )


def fits(given: str | None, taken: str | None) -> bool:
    """Whether a value of one annotation may be passed for another, as far as their texts tell."""
    if given is None or taken is None or "Any" in {given, taken}:
        return True
    ours, theirs = _heads(given), _heads(taken)
    return bool(ours & theirs or theirs & LOOSE)


def inverses(name: str) -> Iterator[str]:
    """The names of functions that would undo the function of this name, likeliest first."""
    yield from TEXT_OF.get(name, ())
    for stem, other in STEMS:
        pattern = rf"(?<![^_]){stem}(?![^_])" if stem in STEPS else rf"(?<!un)(?<!de){stem}(?![a-rt-z])"
        swapped = re.sub(pattern, other, name, count=1)
        if swapped != name:
            yield swapped
    for form, filling in PATTERNS:
        match = form.fullmatch(name)
        if match:
            yield filling.format(*(part or "" for part in match.groups()))
    if not name.startswith(("safe", "_", "un", "do")):
        yield f"un{name}"


def _heads(annotation: str) -> set[str]:
    """The alternatives of an annotation without module and parameters (`list` of `typing.List[int] | None`)."""
    parts = annotation.strip("'\"").split("|")
    return {part.partition("[")[0].strip().rpartition(".")[2].lower() for part in parts}


def _is_needed(parameter: Parameter) -> bool:
    return parameter.default is None and parameter.kind not in {"variadic", "keywords"}
