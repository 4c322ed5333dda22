"""Laws: what should hold for every input, and which laws the functions of a module suggest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from pytest_enrich.data import Parameter, Template
from pytest_enrich.proposers.properties.outline import Function, Outline
from pytest_enrich.writing.words import snake

IMPURE = frozenset(
    """
    Popen check_call check_output commit connect execute input makedirs mkdir open popen rename request rmtree
    sleep socket symlink_to system touch unlink urlopen write_bytes write_text
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)
"""Names of functions that reach the disk, other programs or the network: not to be called with drawn values."""
MOST_REQUIRED = 3
"""The most arguments that a function may need; with more nobody could read the test."""

PAIRS = (
    ("encode", "decode"),
    ("encipher", "decipher"),
    ("encrypt", "decrypt"),
    ("dump", "load"),
    ("join", "split"),
    ("deflate", "inflate"),
    ("unparse", "parse"),
    *((word, "parse") for word in ("dump", "serialize", "format", "render", "build", "compose")),
)
"""The second of a pair undoes the first."""
FORMS = (
    (re.compile(r"(?:to|as)(_?)(.+)"), "from{0}{1}"),
    (re.compile(r"(.+)(_to_|2)(.+)"), "{2}{1}{0}"),
)
WRITTEN = {
    "__str__": ("parse", "from_string", "from_str", "fromstring", "from_text"),
    "__bytes__": ("parse", "from_bytes", "frombytes"),
}
"""What undoes `str(x)` and `bytes(x)`."""
CLEANING = frozenset(
    """
    canonicalize clean cleanup collapse dedent dedupe deduplicate normalize normalise sanitize sanitise simplify
    slug slugify sort sorted squash standardize strip trim unique
    """.split()  # noqa: SIM905 - as above
)
"""Words in the names of functions that have nothing left to do the second time."""
IDEMPOTENT = re.compile(r"(?<!not )(?<!not an )\bidempotent\b", re.IGNORECASE)


class Input(Struct, frozen=True, kw_only=True, eq=False):
    """Something that Hypothesis draws: an argument `of` a function, or an object of a class."""

    parameter: Parameter
    of: Function | None = None


class Law(Struct, frozen=True, kw_only=True, eq=False):
    """Two expressions that should be equal for every input.

    Attributes:
        functions: The functions that it calls, the one that it is about first.
        inputs: What is drawn.
        scene: A statement to run before, "" for none.
        left, right: What is compared, as templates in which `{name}` stands for an input, `{result}` for `result`.
        result: What `{result}` is, "" when nothing refers to it.
        name: The test's name without `test_`.
        title: What is checked, in words.
        question: The question that only a person can answer.
        rule: The rule that proposed it.
    """

    functions: tuple[Function, ...]
    inputs: tuple[Input, ...]
    left: Template
    right: Template
    scene: Template = ""
    result: Template = ""
    name: str
    title: str
    question: str
    rule: str


def find(outline: Outline, name: str) -> list[Law]:
    """The laws about functions that reach the function of this bare name, the most informative first."""
    functions = outline.functions.values()
    undone = (_undoing(outline, function) for function in functions)
    repeated = (_repeated(outline, function) for function in functions)
    return [law for law in (*undone, *repeated) if law is not None and _is_about(law, name, outline)]


def _is_about(law: Law, name: str, outline: Outline) -> bool:
    reached = outline.reached(function.name for function in law.functions)
    return name in reached and IMPURE.isdisjoint(reached)


def _undoing(outline: Outline, first: Function) -> Law | None:
    """The law that another function undoes what this one does, if there is such a function."""
    siblings = (outline.sibling(first, name) for name in _inverses(first.name))
    second = next(filter(None, siblings), None)
    if second is None:
        return None
    if first.kind == "method" and second.kind in {"classmethod", "staticmethod"}:
        return _of_object(outline, first, second)
    return _of_value(outline, first, second) if (first.kind == "method") == (second.kind == "method") else None


def _inverses(name: str) -> Iterator[str]:
    """The names of functions that would undo the function of this name, likeliest first."""
    yield from WRITTEN.get(name, ())
    for word, other in PAIRS:
        swapped = re.sub(rf"(?<!un)(?<!de){word}(?=s?(?:_|$))", other, name, count=1)
        if swapped != name:
            yield swapped
    for form, filling in FORMS:
        match = form.fullmatch(name)
        if match:
            yield filling.format(*match.groups())
    words = name.split("_")
    for at, word in enumerate(words):
        yield from ("_".join([*words[:at], f"{prefix}{word}", *words[at + 1 :]]) for prefix in ("un", "de"))


def _of_value(outline: Outline, first: Function, second: Function) -> Law | None:
    """`decode(encode(text)) == text`, and `decode(encode(text, key), key) == text` for what both need."""
    known = {parameter.name for parameter in first.required[1:]}
    needed = [parameter for parameter in second.required[1:] if parameter.name in known]
    if not _is_callable(first) or not second.required or len(needed) < len(second.required) - 1:
        return None
    scene, receiver = outline.scene(first)
    made = outline.call(first, _passed(first.required), receiver)
    undone = outline.call(second, [made, *_passed(needed)], receiver)
    return _undone(first, second, _inputs(first), undone, scene)


def _of_object(outline: Outline, first: Function, second: Function) -> Law | None:
    """`Frame.parse(str(frame)) == frame`."""
    if first.required or len(second.required) != 1:
        return None
    name = snake(first.owner)
    drawn = Input(parameter=Parameter(name=name, kind="positional", annotation=first.owner))
    return _undone(first, second, (drawn,), outline.call(second, [outline.call(first, (), f"{{{name}}}")]))


def _undone(
    first: Function, second: Function, drawn: tuple[Input, ...], left: Template, scene: Template = ""
) -> Law:
    """The law that `left` equals the first input."""
    done = first.name.strip("_")
    owner = f"{snake(first.owner)}_" if first.owner else ""
    return Law(
        functions=(second, first),
        inputs=drawn,
        scene=scene,
        left=left,
        right=f"{{{drawn[0].parameter.name}}}",
        name=f"{owner}{second.name}_undoes_{done}",
        title=f"{second.qualname}: gives back what {done} was given",
        question=f"does {second.name} undo {done} for every {_named(drawn)}?",
        rule="law: undoing",
    )


def _repeated(outline: Outline, function: Function) -> Law | None:
    """The law that doing it again changes nothing, where the name or the docstring says so."""
    is_invited = IDEMPOTENT.search(function.docstring) or not CLEANING.isdisjoint(function.name.split("_"))
    if not is_invited or not _is_callable(function) or function.returns == "None":
        return None
    scene, receiver = outline.scene(function)
    first, *rest = _passed(function.required)
    return Law(
        functions=(function,),
        inputs=_inputs(function),
        scene=scene,
        result=outline.call(function, [first, *rest], receiver),
        left=outline.call(function, ["{result}", *rest], receiver),
        right="{result}",
        name=f"{snake(function.qualname)}_is_idempotent",
        title=f"{function.qualname}: doing it again changes nothing",
        question=f"does {function.name} have nothing left to do the second time, "
        f"for every {_named(_inputs(function))}?",
        rule="law: repeated",
    )


def _is_callable(function: Function) -> bool:
    """Whether it takes arguments, but not so many that nobody could read the test."""
    return 1 <= len(function.required) <= MOST_REQUIRED


def _inputs(function: Function) -> tuple[Input, ...]:
    return tuple(Input(parameter=parameter, of=function) for parameter in function.required)


def _named(drawn: Iterable[Input]) -> str:
    return " and ".join(given.parameter.name for given in drawn)


def _passed(parameters: Iterable[Parameter]) -> list[Template]:
    """Arguments that give each parameter what is drawn for it."""
    return [
        f"{parameter.name}={{{parameter.name}}}" if parameter.kind == "keyword only" else f"{{{parameter.name}}}"
        for parameter in parameters
    ]
