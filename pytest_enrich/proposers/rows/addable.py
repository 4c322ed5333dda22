"""What a target's callers and tests may pass in addition to what they do: parameters and keys.

`Hole.adds` says how, by the marks defined here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.data import Target, Template
from pytest_enrich.proposers.rows import asked
from pytest_enrich.writing.syntax import Function, is_literal, last_name, nodes_of

KEYS = "**"
"""More keys in a dictionary."""
INSTEAD = "="
"""Something else instead of an expression."""
METHOD = ":"
"""Another method of the same object."""
LEFT_OUT = "-"
"""A step that is not done."""
CONFIGURED = "!"
"""An assignment that configures a mock, above a statement: `!load.return_value`."""
Optional: TypeAlias = tuple[str, "ast.expr | None", ast.expr]
"""The name of a parameter, its hint, its default."""
LISTS = {"Sequence", "Iterable", "Collection", "list"}
VALUES: Mapping[str, tuple[str, ...]] = {
    "bool": ("True", "False"),
    "int": ("1", "2", "0"),
    "float": ("0.5",),
    "str": ("'a'",),
    **dict.fromkeys(LISTS, ("['a']",)),
    "tuple": ("('a',)",),
    "set": ("{'a'}",),
    "dict": ("{'a': 1}",),
}
"""What is tried first, by a word of the type hint."""
PLAIN = ("'a'", "1", "True", "['a']", "{}")
"""Values for a key of which nothing is known."""
SWITCH = ("True", "'a'", "1")
"""Values for a key that is only tested for truth."""
UNKNOWN = ("'a'", "True")
"""Values for a parameter whose default is None."""
VERBS = frozenset({"get", "post", "put", "patch", "delete", "head"})
"""Methods of clients, named like those of HTTP."""
UNIONS = {"Optional", "Union", "Annotated"}
RETURNED = {True: ("False", "True"), False: ("None", "False")}
"""Return values for a mock: True for one that is only tested for truth, False for any other."""
MOST_PAIRED = 4


class Keyword(Struct, frozen=True):
    """A parameter or a key, values for it, and the literal that it is by default, "" for none."""

    name: str
    values: tuple[str, ...]
    default: str = ""


class Addable(Struct, frozen=True):
    """All that the target asks for by name; `callables` are the names that take the keywords.

    `keys` are what it looks up in mappings, with values to try; `caught` are templates of the exceptions that no
    test makes it catch, `tried` the methods that may raise them, and `outcomes` those that decide something, with
    what they may return; `made` are the keywords of classes and functions beside it whose names it reads as
    attributes; `verbs` are the HTTP methods that it knows; `kin` are the names of classes for which the target's
    own, `owner`, may stand.
    """

    callables: frozenset[str] = frozenset()
    keywords: tuple[Keyword, ...] = ()
    keys: tuple[Keyword, ...] = ()
    caught: tuple[Template, ...] = ()
    tried: tuple[str, ...] = ()
    outcomes: tuple[Keyword, ...] = ()
    made: Mapping[str, tuple[Keyword, ...]] = {}
    verbs: frozenset[str] = frozenset()
    kin: tuple[str, ...] = ()
    owner: Template = ""


def of(target: Target, source: str) -> Addable:
    """What the target's code asks for by name, out of all that may be passed to it or to its class."""
    try:
        tree, own = ast.parse(source), ast.parse(target.source)
    except (SyntaxError, ValueError, RecursionError):
        return Addable()
    texts = tuple(constant for constant in target.constants if constant[:1] in "'\"")[:MOST_PAIRED]
    named, attributes = set(asked.names(own)), set(asked.attributes(own))
    switches = {key for call in asked.truth_tested(own) for key in asked.keys(call)}
    keys = sorted(dict.fromkeys(asked.keys(own)), key=lambda key: not _is_open(key, target))
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    return Addable(
        callables=frozenset(part for part in target.qualname.split(".")[-2:] if part != "__init__"),
        keywords=_keywords(tree, target.qualname, named, texts),
        keys=tuple(Keyword(key, (*(SWITCH if key in switches else PLAIN), *texts)) for key in keys),
        caught=asked.caught(target, tree),
        tried=tuple(dict.fromkeys(asked.tried(own)))[:MOST_PAIRED],
        outcomes=tuple(
            Keyword(name, RETURNED[is_truth] if is_truth else (*RETURNED[is_truth], *texts))
            for name, is_truth in [*asked.outcomes(own).items()][:MOST_PAIRED]
        ),
        verbs=VERBS & {constant[1:-1].lower() for constant in target.constants if constant[1:-1].isupper()},
        kin=tuple(qualname.rpartition(".")[2] for qualname in target.relatives),
        owner=f"⟨{target.module}:{target.qualname.rpartition('.')[0]}⟩",
        made={
            **{function.name: _wanted(_optional(function), attributes, texts) for function in _beside(tree)},
            **{name: _keywords(tree, name, attributes, texts) for name in classes},
        },
    )


def _beside(tree: ast.Module) -> Iterator[Function]:
    """The functions of a module and the methods of its classes, but for special ones."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, Function) and not node.name.startswith("__"):
            yield node


def _is_open(key: str, target: Target) -> bool:
    """Whether a decision about a key is still open."""
    return any(f"'{key}'" in gap.text or f'"{key}"' in gap.text for gap in target.gaps)


def _keywords(tree: ast.Module, qualname: str, named: set[str], texts: Sequence[str]) -> tuple[Keyword, ...]:
    """The optional parameters of a function and of its class that its own code names."""
    function, owner = _definition(tree, qualname)
    return _wanted((*_optional(function), *_optional(_maker(owner)), *_fields(owner)), named, texts)


def _wanted(parameters: Iterable[Optional], named: set[str], texts: Sequence[str]) -> tuple[Keyword, ...]:
    keywords = {
        name: Keyword(name, _values(hint, default, texts), ast.unparse(default) if is_literal(default) else "")
        for name, hint, default in parameters
        if name in named
    }
    return tuple(keywords.values())


def _definition(tree: ast.Module, qualname: str) -> tuple[Function | None, ast.ClassDef | None]:
    """The function of that name, and the class that it is in, or that has the name itself."""
    body: Sequence[ast.stmt] = tree.body
    owner: ast.ClassDef | None = None
    for part in qualname.split("."):
        node = next((statement for statement in body if getattr(statement, "name", None) == part), None)
        if isinstance(node, Function):
            return node, owner
        if not isinstance(node, ast.ClassDef):
            break
        owner, body = node, node.body
    return None, owner


def _maker(owner: ast.ClassDef | None) -> Function | None:
    body = owner.body if owner is not None else []
    return next((node for node in body if isinstance(node, Function) and node.name == "__init__"), None)


def _optional(function: Function | None) -> Iterator[Optional]:
    """The parameters that have a default and may be passed by keyword."""
    if function is None:
        return
    parameters = function.args
    late = [*parameters.posonlyargs, *parameters.args][-len(parameters.defaults) :] if parameters.defaults else []
    pairs = [
        *zip(late, parameters.defaults, strict=True),
        *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
    ]
    for parameter, default in pairs:
        if default is not None and parameter not in parameters.posonlyargs:
            yield parameter.arg, parameter.annotation, default


def _fields(owner: ast.ClassDef | None) -> Iterator[Optional]:
    """The optional fields of a class that is made from its fields, like a data class."""
    if owner is None or _maker(owner) is not None:
        return
    for node in owner.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.annotation, node.value


def _values(hint: ast.expr | None, default: ast.expr, texts: Sequence[str]) -> tuple[str, ...]:
    """Values by its hint and its default, other than the default; for strings also those that the code has."""
    words = set(_words(hint)) if hint is not None else set()
    words |= {type(default.value).__name__} if isinstance(default, ast.Constant) else set()
    values = [*map(ast.unparse, _choices(hint))]
    values += [value for word in VALUES if word in words for value in VALUES[word]]
    for text in texts:
        values += [text] * ("str" in words) + [f"[{text}]"] * bool(words & LISTS)
    own = ast.unparse(default)
    if hint is None and own == "None":
        values += UNKNOWN
    return tuple(dict.fromkeys(value for value in values if value != own))


def _words(hint: ast.expr) -> Iterator[str]:
    """The names of a hint's alternatives, without what is inside them."""
    if isinstance(hint, ast.BinOp):
        yield from (*_words(hint.left), *_words(hint.right))
    elif isinstance(hint, ast.Subscript) and last_name(hint.value) in UNIONS:
        alternatives = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
        yield from (word for alternative in alternatives for word in _words(alternative))
    else:
        yield last_name(hint.value if isinstance(hint, ast.Subscript) else hint)


def _choices(hint: ast.expr | None) -> Iterator[ast.expr]:
    for node in nodes_of(ast.Subscript, hint) if hint is not None else ():
        if last_name(node.value) == "Literal":
            yield from node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
