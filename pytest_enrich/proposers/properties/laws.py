"""Laws: what should hold for every input, and which of them the functions of a module invite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

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
"""Names of what reaches the disk, other programs or the net: not to be done with whatever is drawn."""
MOST_REQUIRED = 3
MOST_OPTIONAL = 2
LOOSE = frozenset({"sequence", "iterable", "collection", "mapping", "list", "dict", "tuple"})
"""What many other things can be passed for."""

CODECS = (("encode", "decode"), ("encipher", "decipher"), ("encrypt", "decrypt"))
"""The second of a pair undoes the first; these may have something before them (`b64encode`)."""
PAIRS = (
    ("dump", "load"),
    ("join", "split"),
    ("deflate", "inflate"),
    ("unparse", "parse"),
    *((word, "parse") for word in ("dump", "serialize", "format", "render", "build", "compose")),
)
FORMS = (
    (re.compile(r"(?:to|as)_(.+)"), "from_{0}"),
    (re.compile(r"(.+)_to_(.+)"), "{1}_to_{0}"),
    (re.compile(r"(.+?)2(.+?)(_.+)?"), "{1}2{0}{2}"),
    (re.compile(r"to(str|string|bytes|dict|json|list|tuple|hex|xml|yaml)"), "from{0}"),
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
"""Words in the name of a function that has nothing left to do the second time."""
IDEMPOTENT = re.compile(r"(?<!not )(?<!not an )\bidempotent\b", re.IGNORECASE)


class Input(Struct, frozen=True, kw_only=True, eq=False):
    """Something that Hypothesis draws: an argument `of` a function, or an object of a class."""

    parameter: Parameter
    of: Function | None = None


class Law(Struct, frozen=True, kw_only=True, eq=False):
    """Two expressions that should be equal for every input.

    Attributes:
        functions: Those that it calls, the one that it is about first.
        inputs: What is drawn.
        scene: A statement before, "" for none.
        left, right: What is compared, as templates in which `{name}` stands for an input, `{result}` for `result`.
        result: What `{result}` is, "" when nothing refers to it.
        name: The test's name without `test_`.
        title: What is checked, in words.
        question: What only a person can answer; `{every}` stands for the inputs in words.
        rule: By which it was thought of.
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
    """The laws about functions that may call the one of this bare name, the most informative first."""
    every = [law for kind in KINDS for function in outline.functions.values() for law in kind(outline, function)]
    return [law for law in every if _is_about(law, name, outline)]


def undoing(outline: Outline, first: Function) -> Iterator[Law]:
    """That what a function makes can be taken apart again."""
    siblings = (outline.sibling(first, name) for name in inverses(first.name))
    second = next(filter(None, siblings), None)
    if second is None:
        return
    if first.kind == "method" and second.kind in {"classmethod", "staticmethod"}:
        yield from _of_object(outline, first, second)
    elif (first.kind == "method") == (second.kind == "method"):
        yield from _of_value(outline, first, second)


def inverses(name: str) -> Iterator[str]:
    """The names of functions that would undo the function of this name, likeliest first."""
    yield from WRITTEN.get(name, ())
    for stem, other in (*CODECS, *PAIRS):
        start = "(?<!un)(?<!de)" if (stem, other) in CODECS else "(?<![^_])"
        swapped = re.sub(rf"{start}{stem}(?=s?(?:_|$))", other, name, count=1)
        if swapped != name:
            yield swapped
    for form, filling in FORMS:
        match = form.fullmatch(name)
        if match:
            yield filling.format(*(part or "" for part in match.groups()))
    words = name.split("_")
    for at, word in enumerate(words):
        if word and not word.startswith(("un", "de")) and word not in {"do", "safe"}:
            yield from ("_".join([*words[:at], f"{prefix}{word}", *words[at + 1 :]]) for prefix in ("un", "de"))


def _undone(
    first: Function, second: Function, drawn: tuple[Input, ...], left: Template, scene: Template = ""
) -> Law:
    """That `left` is the first of the inputs again."""
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
        question=f"does {second.name} undo {done} for {{every}}?",
        rule="law: undoing",
    )


def _of_value(outline: Outline, first: Function, second: Function) -> Iterator[Law]:
    """`decode(encode(text)) == text`: plainly, and with what both may be given under one name."""
    scene = outline.scene(first)
    if scene is None or not _agree(first, second):
        return
    drawn, others = first.required[0], first.required[1:]
    known = {parameter.name for parameter in second.parameters}
    both = tuple(parameter for parameter in first.optional if parameter.name in known)[:MOST_OPTIONAL]
    for shared in ((), both) if both else ((),):
        more = (*others, *shared)
        made = outline.call(first, [f"{{{drawn.name}}}", *_passed(more)], scene[1])
        arguments = [made, *_passed(parameter for parameter in more if parameter.name in known)]
        undone = outline.call(second, arguments, scene[1])
        yield _undone(first, second, _inputs(first, (drawn, *more)), undone, scene[0])


def _of_object(outline: Outline, first: Function, second: Function) -> Iterator[Law]:
    """`Frame.parse(str(frame)) == frame`, for classes whose objects can be made and compared."""
    cls = outline.classes.get(first.owner)
    required = len(first.required), len(second.required)
    if cls is None or not cls.compared or not cls.fields or required != (0, 1):
        return
    name = snake(cls.name)
    drawn = Input(parameter=Parameter(name=name, kind="positional", annotation=cls.name))
    yield _undone(first, second, (drawn,), outline.call(second, [outline.call(first, (), f"{{{name}}}")]))


def repeated(outline: Outline, function: Function) -> Iterator[Law]:
    """That doing it again changes nothing, where the name or the docstring says so."""
    is_invited = IDEMPOTENT.search(function.docstring) or not CLEANING.isdisjoint(function.name.split("_"))
    scene = outline.scene(function)
    if not is_invited or scene is None or not _is_callable(function) or function.returns == "None":
        return
    if not _fits(function.returns, function.required[0].annotation):
        return
    for more in ((), function.optional[:MOST_OPTIONAL]) if function.optional else ((),):
        rest = _passed([*function.required[1:], *more])
        yield Law(
            functions=(function,),
            inputs=_inputs(function, (*function.required, *more)),
            scene=scene[0],
            result=outline.call(function, [f"{{{function.required[0].name}}}", *rest], scene[1]),
            left=outline.call(function, ["{result}", *rest], scene[1]),
            right="{result}",
            name=f"{snake(function.qualname)}_is_idempotent",
            title=f"{function.qualname}: doing it again changes nothing",
            question=f"does {function.name} have nothing left to do the second time, for {{every}}?",
            rule="law: repeated",
        )


KINDS: tuple[Callable[[Outline, Function], Iterator[Law]], ...] = (undoing, repeated)
"""The most informative ones first."""


def _is_about(law: Law, name: str, outline: Outline) -> bool:
    reached = frozenset[str]().union(*map(outline.reached, law.functions))
    return name in reached and IMPURE.isdisjoint(reached)


def _inputs(function: Function, parameters: Iterable[Parameter]) -> tuple[Input, ...]:
    return tuple(Input(parameter=parameter, of=function) for parameter in parameters)


def _passed(parameters: Iterable[Parameter]) -> list[Template]:
    """Arguments that give each parameter what is drawn for it; by name where it may be left out."""
    return [
        f"{{{each.name}}}"
        if each.default is None and each.kind != "keyword only"
        else f"{each.name}={{{each.name}}}"
        for each in parameters
    ]


def _is_callable(function: Function) -> bool:
    """Whether it takes something, and not so much that nobody could read the test."""
    return 1 <= len(function.required) <= MOST_REQUIRED


def _agree(first: Function, second: Function) -> bool:
    """Whether one can be called with what the other returns, as far as they say."""
    if not _is_callable(first) or not second.required:
        return False
    known = {parameter.name for parameter in first.required[1:]}
    if any(parameter.name not in known for parameter in second.required[1:]):
        return False
    there, back = second.required[0].annotation, first.required[0].annotation
    return _fits(first.returns, there) and _fits(second.returns, back)


def _fits(given: str | None, taken: str | None) -> bool:
    """Whether a value of one annotation may be passed for another, as far as their texts tell."""
    if given is None or taken is None or "Any" in {given, taken}:
        return True
    ours, theirs = _heads(given), _heads(taken)
    return bool(ours & theirs or theirs & LOOSE)


def _heads(annotation: str) -> set[str]:
    """The alternatives of an annotation without module and parameters (`list` of `typing.List[int] | None`)."""
    parts = annotation.strip("'\"").split("|")
    return {part.partition("[")[0].strip().rpartition(".")[2].lower() for part in parts}
