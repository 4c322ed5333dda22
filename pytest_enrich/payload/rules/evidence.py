"""What a parameter without a hint may be: by its documentation, default, name and use, and by what tests pass."""

from __future__ import annotations

import argparse
import ast
import collections.abc
import contextlib
import datetime as dt
import functools
import inspect
import re
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ..express import compilable, named
from . import body, files, keywords, rule, types, usage
from .types import ANYTHING, GENERIC, UNKNOWN
from .usage import Use

NOTHING = object()
# Where callers pass one of these, a body that treats it like its relatives takes those as well.
NUMBERS = frozenset({int, float})
MOMENTS = frozenset({dt.datetime, dt.time})
SEQUENCES = frozenset({list, tuple, collections.abc.Sequence})

WORDS: dict[str, Any] = {
    "int": int, "integer": int, "float": float, "number": float, "str": str, "string": str, "text": str,
    "bool": bool, "boolean": bool, "bytes": bytes, "list": list, "dict": dict, "dictionary": dict,
    "tuple": tuple, "set": set, "none": None, "callable": collections.abc.Callable, "iterable": list,
    "sequence": list, "datetime": dt.datetime, "date": dt.date, "timedelta": dt.timedelta, "time": dt.time,
}  # fmt: skip

NAMES: tuple[tuple[str, Any], ...] = (
    (r"func|function|fn|f|callback|pred|predicate|\w*factory|\w+_func", collections.abc.Callable),
    (r"[nijk]|count|num|number|(max_?)?size|length|index|idx|pos|offset", int),
    (r"s|text|string|name|title|msg|message|prefix|suffix|sep|key|uri|url|\w+(_name|_str|_text|string)", str),
    (r"seq|sequence|lst|values|items|iterable|names|\w+_list", list),
    (r"exc|err|exception", Exception),
    (r"args|opts|options|namespace", argparse.Namespace),
    (r"value|val|item|element|elem|obj|default", ANYTHING),
)
"""The types of parameters with these names, where nothing else tells them: only Python's own customs.

Each row alone tells the type of a parameter in three or more of the projects in `strangers.toml`.
"""
MOMENTS_BY_WORD = ("timedelta", "datetime", "date")
MOST_CLASSES = 4
EXAMPLE = re.compile(r"^[ \t]*>>>.*(\n[ \t]*\S.*)*", re.MULTILINE)
"""A session of the interpreter, up to an empty line."""
ABOUT = r"\b{}\b[ \t]*(?:\([^)\n]*\))?[ \t]*:(.*?)(?=\n[ \t]*(?:\n|[:@]|\w+[ \t]*(?:\([^)\n]*\))?:)|\Z)"
"""The text behind a parameter's name and a colon, up to an empty line or the next name."""
SEVERAL = r"\b(?:list|iterable|sequence|collection|tuple)s? of (?:\w+ )?{}\b"
MOST_WORDS = 4
"""A text that names more types is prose."""
LONGEST_CHAIN = 5
"""How many aliases that are texts may follow each other."""
MADE_BY = ("__init__", "__new__")


class Told(NamedTuple):
    """The type to draw for a parameter, and the rules that told it."""

    hint: Any
    rules: frozenset[str] = frozenset()


def told(
    parameter: dict[str, Any], hint: Any, seen: Iterable[object], used: Use, default: object = NOTHING
) -> Told:
    """The type to draw for a parameter: its hint, else what its documentation, callers, default and use tell.

    `types.UNKNOWN` when nothing tells it: then nobody can say what a caller would pass.
    """
    if hint is not None:
        return Told(_narrowed(hint, used), frozenset({"annotation"}))
    if (documented := next(iter(_documented(parameter.get("documented") or "")), None)) is not None:
        return Told(documented, frozenset({"documented type"}))
    # `*args` is no parsed command line; neither its name nor what is done with the whole says what each item is.
    is_variadic = parameter.get("kind") == "variadic"
    used = usage.each(used) if is_variadic else used
    groups: dict[str, frozenset[Any]] = {
        "seen in tests": frozenset(_seen_kinds(seen, used)),
        "default": frozenset(_of_default(default)),
    }
    # Where one branch asks for its class and another takes its keys, it may be either.
    kinds = used.stated.union(*groups.values(), (kind for rule, kind in used.rules if rule == "attributes"))
    groups["widened"] = frozenset(_widened(kinds, used))
    kinds |= groups["widened"]
    called = frozenset(_named(parameter["name"]) if not is_variadic else ())
    alike = usage.alike(used)
    suggested = used.suggested - alike
    # A body that compares `maxsize` with 0 takes a float, too, but that is not what its callers pass.
    for guesses in (suggested & called, suggested, called, alike):
        if not kinds - {type(None)}:
            kinds |= guesses
            groups["name"] = guesses & called
    if not kinds - {type(None)}:
        return Told(UNKNOWN)
    # A class can be called, too.
    if any(kind is type or typing.get_origin(kind) is type for kind in kinds):
        kinds -= {collections.abc.Callable}
    pairs = (*((name, kind) for name, group in groups.items() for kind in group), *used.rules)
    rules = frozenset(name for name, kind in pairs if kind in kinds)
    return Told(typing.Union[tuple(sorted(kinds, key=repr))], rules)  # noqa: UP007 - of a tuple


def _narrowed(hint: Any, used: Use) -> Any:
    """The hint; where it allows any class, the classes that the body asks for, or types as `typing` makes them."""
    if hint is ANYTHING:  # first the types that it is used as
        kinds = [*sorted(used.stated | used.suggested, key=repr), ANYTHING]
        return typing.Union[tuple(kinds)]  # noqa: UP007 - of a tuple
    if hint is type and GENERIC in used.stated:
        return typing.Union[type, GENERIC]  # noqa: UP007 - of two that no alias may have
    is_any = typing.get_origin(hint) is type and {*types.members(typing.get_args(hint)[0])} == {ANYTHING}
    kinds = sorted((kind for kind in used.stated if typing.get_origin(kind) is type), key=repr) if is_any else []
    return typing.Union[tuple(kinds)] if kinds else hint  # noqa: UP007 - of a tuple


@rule("documented type")
def _documented(text: str) -> Iterator[Any]:
    """The types that the docstring's words for the parameter name: `int or None`, `list of str`."""
    kinds = [WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS]
    if 0 < len(kinds) <= MOST_WORDS:
        yield typing.Union[tuple(kinds)]  # noqa: UP007 - of a tuple


@rule("prose")
def of_prose(function: object, parameter: str = "") -> Iterator[Any]:
    """The dates, times and classes of its module that a docstring names: such words rarely mean anything else.

    Examples are left out: they show results, too. For one of several parameters only the words about it count,
    and only the classes in them: there a date may well be a text.
    """
    names = getattr(inspect.unwrap(function), "__globals__", {}) if callable(function) else {}
    prose = EXAMPLE.sub("", getattr(function, "__doc__", None) or "")
    prose = _about(parameter, prose) if parameter else prose
    for word in dict.fromkeys(re.findall(r"[A-Za-z]\w+", prose)):
        named_so = names.get(word) if word[0].isupper() else None
        yield from [WORDS[word.lower()]] if word.lower() in MOMENTS_BY_WORD and not parameter else []
        if isinstance(named_so, type):
            yield list[named_so] if re.search(SEVERAL.format(word), prose) else named_so  # type: ignore[valid-type]


def _about(parameter: str, prose: str) -> str:
    """What a docstring says about a parameter behind its name; "" where it says nothing."""
    match = re.search(ABOUT.format(parameter), prose, re.DOTALL)
    return match[1] if match else ""


@rule("seen in tests")
def _seen_kinds(seen: Iterable[object], used: Use) -> set[Any]:
    """Types of the values that tests pass, without those that the body asks for in more detail (`list[str]`).

    Alone: 26 of 120.
    """
    return {_kind(value) for value in seen} - {typing.get_origin(kind) for kind in used.stated}


@rule("default")
def _of_default(default: object) -> Iterator[Any]:
    """The type of its default. Alone: 14 of 120."""
    if default is not NOTHING and not _is_sentinel(default):
        yield _kind(default)


@rule("widened")
def _widened(kinds: frozenset[Any], used: Use) -> Iterator[Any]:
    """Relatives of the known types that the body treats alike. Alone: 14 of 120."""
    for kin in (NUMBERS, MOMENTS):
        yield from used.suggested & kin if kinds & kin else ()
    # A body that asks whether it is a list, and iterates over it in any case, is ready for other iterables.
    yield from [collections.abc.Iterator] if list in used.suggested and used.stated & SEQUENCES else []


@rule("name")
def _named(name: str) -> Iterator[Any]:
    """The type that the parameter's name suggests. Alone: 7 of 120."""
    words = [word for word in dict.fromkeys((name.lower(), name.lower().removesuffix("s"))) if word]
    by_custom = [kind for word in words for pattern, kind in NAMES if re.fullmatch(pattern, word)]
    yield from [str] if files.called(name) else by_custom[:1]


def _is_sentinel(default: object) -> bool:
    """Whether a default only says that nothing was passed: a bare object, or a text such as `__missing__`."""
    return type(default) is object or (isinstance(default, str) and default[:2] == default[-2:] == "__")


def _kind(value: object) -> Any:
    """The type that a value stands for: `Callable` for functions, partials and classes."""
    routine = inspect.isroutine(value) or isinstance(value, functools.partial | type)
    return collections.abc.Callable if routine else type(value)


def hints_of_function(function: object) -> dict[str, Any]:
    """The resolved hints of a function's parameters; those that cannot be resolved are left out."""
    plain = inspect.unwrap(function) if callable(function) else function
    names = _names(getattr(plain, "__module__", None) or "")
    hints = {}
    for name, hint in getattr(plain, "__annotations__", {}).items():
        with contextlib.suppress(Exception):  # hints are code of the project: anything can be wrong with them
            hints[name] = _evaluated(hint, names)
    handed_on = keywords.handed_on(plain)
    told = {taker: hints_of_function(keywords.maker_of(taker)) for taker, _ in handed_on.values()}
    return hints | {name: told[taker][name] for name, (taker, _) in handed_on.items() if name in told[taker]}


@rule("overridden")
def hints_of_method(owner: type, name: str) -> Iterator[tuple[str, Any]]:
    """The hints of a method's parameters; where it has none, those of the methods that it overrides."""
    for kind in reversed(owner.__mro__):
        yield from hints_of_function(vars(kind).get(name)).items()


@lru_cache(maxsize=256)
def _names(module: str) -> dict[str, Any]:
    """A module's names, with those that it only imports for type checkers.

    Read once: a module may have thousands of lines, and its hints are asked for again and again.
    """
    loaded = sys.modules.get(module)
    names: dict[str, Any] = {**vars(typing), **WORDS, **getattr(loaded, "__dict__", {})}
    for statement in _for_type_checkers(loaded):
        with contextlib.suppress(Exception):  # a stub-only module, a name of a newer Python
            exec(compile(statement, "<hints>", "exec", dont_inherit=True), names)
    return names


def _evaluated(hint: object, names: dict[str, Any]) -> object:
    """The type that a hint's text stands for, through aliases that are texts themselves."""
    for _ in range(LONGEST_CHAIN):
        hint = getattr(hint, "__forward_arg__", hint)  # a named tuple keeps texts so
        if not isinstance(hint, str):
            return hint
        hint = eval(hint, names)
    return ANYTHING


def _for_type_checkers(module: object) -> Iterator[ast.Module]:
    try:
        tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    except Exception:  # no source, or none that parses here
        return
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (ast.Module([statement], []) for statement in node.body)


class Constructor(NamedTuple):
    """The template of a class, what its constructor takes by name, and the types of these, as far as known.

    `variadic` is the parameter for any number of arguments, "" where there is none or others come before it.
    """

    owner: str
    parameters: Sequence[inspect.Parameter]
    hints: Mapping[str, Any]
    variadic: str = ""


@lru_cache(maxsize=256)
def constructor(kind: type, name: str | None = None) -> Constructor | None:
    """The constructor of a class whose template is `name`; None where nobody can say how to call it."""
    owner = name or named(kind)
    if owner is None or kind.__module__ in {"builtins", "typing"}:
        return None
    parameters, hints = _taken(kind)
    singles = (p for p in parameters if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD})
    fixed = [p for p in singles if p.default is p.empty or not p.name.startswith("_")]
    if any(p.default is p.empty and p.name not in hints for p in fixed):
        return None
    variadic = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL and p.name in hints), "")
    return Constructor(owner, fixed, hints, variadic if all(p.kind is p.KEYWORD_ONLY for p in fixed) else "")


def _taken(kind: type) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    """The parameters of a class, and their types as far as anything tells them.

    Those that its constructor only hands on (`super().__init__(**kwargs)`) are taken from the class above.
    """
    maker, own = keywords.maker_of(kind), dict(body.signed(kind))
    taken = [parameter for parameter in keywords.taken(maker) if parameter.name not in own]
    takers = {name: taker for name, (taker, _) in keywords.handed_on(maker).items()}
    hints = _hints(_class_of(maker, kind), own.values())
    for parameter in taken:
        taker = takers.get(parameter.name, maker)
        hints = {**_hints(_class_of(taker, kind), [parameter]), **hints}
    return [*own.values(), *taken], hints


def _class_of(maker: object, kind: type) -> type:
    """The class that a constructor is in, or that is made without one; `kind` where nothing tells."""
    owner = maker if isinstance(maker, type) else body.owner_of(maker)
    return owner if isinstance(owner, type) else kind


def _hints(kind: type, parameters: Iterable[inspect.Parameter]) -> dict[str, Any]:
    """The types of the parameters, as far as anything tells them."""
    # An immutable object, such as a tuple, is made by `__new__`.
    made_by = next((name for name in MADE_BY if inspect.isfunction(getattr(kind, name, None))), "__init__")
    used, kept = usage.of(getattr(kind, made_by, None)), usage.kept(kind)
    hints = dict(hints_of_method(kind, made_by))
    for parameter in parameters:
        use = used.get(parameter.name, usage.NO_USE) | kept.get(parameter.name, usage.NO_USE)
        default = NOTHING if parameter.default is parameter.empty else parameter.default
        form = {"name": parameter.name, "kind": "variadic" if parameter.kind is parameter.VAR_POSITIONAL else ""}
        guess = told(form, hints.get(parameter.name), (), use, default).hint
        if guess is not types.UNKNOWN:
            hints[parameter.name] = guess
    return hints


def concrete(kind: type) -> list[type]:
    """The class itself, or its public subclasses when people cannot make objects of it."""
    if types.is_protocol(kind):
        values = vars(sys.modules.get(kind.__module__, types)).values()
        return [cls for cls in values if isinstance(cls, type) and cls is not kind and types.is_kind(cls, kind)]
    if not inspect.isabstract(kind) and not kind.__name__.startswith("_") and not _is_unfinished(kind):
        return [kind]
    subclasses: list[type] = type.__subclasses__(kind)
    return [cls for below in subclasses for cls in concrete(below)][:MOST_CLASSES]


@lru_cache(maxsize=256)
def _is_unfinished(kind: type) -> bool:
    """Whether a method raises `NotImplementedError`, and there are subclasses to override it."""
    raised = (
        node.exc for value in vars(kind).values() for node in body.nodes(value) if isinstance(node, ast.Raise)
    )
    is_open = any(error is not None and ast.unparse(error).startswith("NotImplementedError") for error in raised)
    return is_open and bool(type.__subclasses__(kind))


@lru_cache(maxsize=4096)
def is_well_made(template: str) -> bool:
    """Whether the literals, names and new objects that constructors are called with fit their hints.

    Anything else, and anything without a hint, is taken for right; so is a template that cannot be read.
    """
    if "⟩(" not in template:
        return True
    try:
        source, names = compilable(template)
        tree = ast.parse(source.strip(), mode="eval")
    except Exception:  # a name that is gone, a module of the project's that cannot be imported
        return True
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return all(_is_well_called(node, kind, names) for node in calls if (kind := _made(node, names)) is not None)


def _made(node: ast.expr, names: Mapping[str, object]) -> type | None:
    """The class that an expression makes an object of."""
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    kind = names.get(node.func.id) if is_call else None  # type: ignore[attr-defined]
    return kind if isinstance(kind, type) else None


def _is_well_called(node: ast.Call, kind: type, names: Mapping[str, object]) -> bool:
    hints = hints_of_function(getattr(kind, "__init__", None))
    arguments = _given(node, kind)
    return all(
        _fits(value, hints.get(parameter.name, types.ANYTHING), parameter.default, names)
        for parameter, value in arguments
    )


def _fits(value: ast.expr, hint: Any, default: object, names: Mapping[str, object]) -> bool:
    """Whether a literal or what a name stands for conforms to a hint, or a new object is of a class that does."""
    if (kind := _made(value, names)) is not None:
        return types.admits(kind, hint)
    if isinstance(value, ast.Name) and value.id in names:
        return types.conforms(names[value.id], hint) or any(map(types.is_protocol, types.members(hint)))
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return True
    return literal is default or types.conforms(literal, hint)


def _given(node: ast.Call, kind: type) -> Iterator[tuple[inspect.Parameter, ast.expr]]:
    """The arguments that a class is called with, each with its parameter."""
    parameters = body.signed(kind)
    singles = [p for p in parameters.values() if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    yield from zip(singles, node.args, strict=False)
    yield from (
        (parameters[keyword.arg], keyword.value)
        for keyword in node.keywords
        if keyword.arg and keyword.arg in parameters
    )
