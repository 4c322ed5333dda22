"""What callers of a target, and its tests, may pass or set besides what they do: parameters, options, keys, kin.

`Hole.adds` says how, by the marks that are here.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.data import Target, Template
from pytest_enrich.proposers.rows import asked
from pytest_enrich.proposers.rows.asked import Known, Option
from pytest_enrich.writing.syntax import Function, calls, is_literal, last_name

WORDS, KEYS = "*", "**"
"""More words at the end of a list, more keys in a dictionary."""
INSTEAD = "="
"""Something else in the place of an expression."""
LEFT_OUT = "-"
"""A step that is not done."""
CONFIGURED = "!"
"""An assignment to what stands for a collaborator, above a statement: `!load.return_value`."""
ATTRIBUTE, ITEM = ".", "["
"""The first sign of one more assignment: `.name`, `["key"]`."""
Optional: TypeAlias = tuple[str, "ast.expr | None", ast.expr]
"""The name of a parameter, its hint, its default."""
VALUES: Mapping[str, tuple[str, ...]] = {
    "bool": ("True", "False"),
    "int": ("1", "2", "0"),
    "float": ("0.5",),
    "str": ("'a'",),
    "Sequence": ("['a']",),
    "Iterable": ("['a']",),
    "Collection": ("['a']",),
    "list": ("['a']",),
    "tuple": ("('a',)",),
    "set": ("{'a'}",),
    "dict": ("{'a': 1}",),
}
"""By a word of a hint what is tried first."""
PLAIN = ("'a'", "1", "True", "['a']", "{}")
"""Values for a key of which nothing is known."""
UNKNOWN = ("'a'", "True")
"""For a parameter that is None where nobody passes it."""
SWITCH = ("True", "'a'", "1")
"""For one of which only the truth is asked."""
UNIONS = {"Optional", "Union", "Annotated"}
LISTS = {"Sequence", "Iterable", "Collection", "list"}
EITHER = ("True", "None", "'a'", "1", "False")
"""For an attribute: what stands for yes, and for no."""
GIVEN = {True: ("False", "True"), False: ("None", "False")}
"""For what a stand-in gives: where only its truth is asked, and where something else is."""
MOST_PAIRED = 4
COMMON = {name for kind in (dict, list, set, str, io.IOBase) for name in dir(kind)}
"""Methods that say nothing of the kind of a class: many that are not alike have them."""


class Keyword(Struct, frozen=True):
    """An optional parameter, values to pass for it, and the literal that it is by default, "" for none."""

    name: str
    values: tuple[str, ...]
    default: str = ""


class Kin(Struct, frozen=True):
    """The class of a target that no test comes to, and the names under which tests know others of its kind."""

    own: Template = ""
    names: frozenset[str] = frozenset()

    def made(self, function: Function) -> list[ast.Call]:
        """Where a test makes one of them."""
        return [one for one in calls(function) if last_name(one.func) in self.names]


class Addable(Struct, frozen=True):
    """All that the target asks for by name; `callables` are the names that take the keywords.

    `keys` are what it looks for in mappings, and `attributes` in objects, with values to try; `tables` what
    functions look up in theirs; `caught` are templates of the exceptions that no test makes it catch, `tried` the
    methods that may raise them, and `outcomes` those that decide something, with what they may give; `kin` are
    classes of the kind of its own.
    """

    callables: frozenset[str] = frozenset()
    keywords: tuple[Keyword, ...] = ()
    options: tuple[Option, ...] = ()
    keys: tuple[Keyword, ...] = ()
    attributes: tuple[Keyword, ...] = ()
    tables: Known = {}
    caught: tuple[Template, ...] = ()
    tried: tuple[str, ...] = ()
    outcomes: tuple[Keyword, ...] = ()
    kin: Kin = Kin()


def of(target: Target, source: str) -> Addable:
    """What the target's code asks for by name, of all that may be passed to it, its class, or its command."""
    try:
        tree, own = ast.parse(source), ast.parse(target.source)
    except (SyntaxError, ValueError, RecursionError):
        return Addable()
    named = set(asked.named(own))
    function, owner = _found(tree, target.qualname)
    optional = [*_optional(function), *_optional(_maker(owner)), *_fields(owner)]
    texts = tuple(one for one in target.constants if one[:1] in "'\"")[:MOST_PAIRED]
    keywords = {
        name: Keyword(name, _values(hint, default, texts), ast.unparse(default) if is_literal(default) else "")
        for name, hint, default in optional
        if name in named
    }
    names = {part for part in target.qualname.split(".")[-2:] if part != "__init__"}
    taken = dict.fromkeys(one for one in asked.declared_options(tree) if _name(one.text) in named)
    switches = {key for test in asked.truth_tested(own) for key in asked.looked_up_keys(test)}
    keys = tuple(
        Keyword(key, (*(SWITCH if key in switches else PLAIN), *texts))
        for key in dict.fromkeys(asked.looked_up_keys(own))
    )
    return Addable(
        callables=frozenset({*names, *aliases(tree, names)}),
        keywords=tuple(keywords.values()),
        options=tuple(taken),
        keys=keys,
        attributes=tuple(Keyword(one, (*EITHER, *texts)) for one in dict.fromkeys(asked.attributes(own))),
        tables=asked.tables_of(tree),
        caught=asked.caught_exceptions(target, tree),
        tried=tuple(dict.fromkeys(asked.tried(own)))[:MOST_PAIRED],
        outcomes=tuple(
            Keyword(name, GIVEN[is_truth] if is_truth else (*GIVEN[is_truth], *texts))
            for name, is_truth in [*asked.outcomes(own).items()][:MOST_PAIRED]
        ),
        kin=kin_of(target, tree),
    )


def kin_of(target: Target, tree: ast.Module) -> Kin:
    """Those that have such a method as the target is; none where a test comes to it, or its class is private."""
    owner, _, method = target.qualname.rpartition(".")
    reached = any(one.shared for one in target.nearest)
    if not owner or "." in owner or owner[:1] == "_" or method in COMMON or reached:
        return Kin()
    found = [(one.name, _parameter_names(one, method)) for one in tree.body if isinstance(one, ast.ClassDef)]
    own = dict(found).get(owner)
    names = {name for name, passed in found if name != owner and passed is not None and passed == own}
    known = frozenset({*names, *aliases(tree, names)})
    return Kin(f"⟨{target.module}:{owner}⟩", known) if known else Kin()


def _parameter_names(owner: ast.ClassDef, method: str) -> list[str] | None:
    """The names of what a method of a class is given; None where it has none of that name."""
    found = (one for one in owner.body if isinstance(one, Function) and one.name == method)
    return next(([given.arg for given in ast.walk(one.args) if isinstance(given, ast.arg)] for one in found), None)


def aliases(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    """What a module calls these besides: `ip_address = IPAddress`."""
    for one in tree.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name) and one.value.id in names:
            yield from (target.id for target in one.targets if isinstance(target, ast.Name))


def _found(tree: ast.Module, qualname: str) -> tuple[Function | None, ast.ClassDef | None]:
    """The function of that name, and the class that it, or the name itself, is of."""
    body: Sequence[ast.stmt] = tree.body
    owner: ast.ClassDef | None = None
    for part in qualname.split("."):
        node = next((one for one in body if getattr(one, "name", None) == part), None)
        if isinstance(node, Function):
            return node, owner
        if not isinstance(node, ast.ClassDef):
            break
        owner, body = node, node.body
    return None, owner


def _maker(owner: ast.ClassDef | None) -> Function | None:
    held = owner.body if owner is not None else []
    return next((one for one in held if isinstance(one, Function) and one.name == "__init__"), None)


def _optional(function: Function | None) -> Iterator[Optional]:
    """The parameters that have a default and may be named."""
    if function is None:
        return
    given = function.args
    late = [*given.posonlyargs, *given.args][-len(given.defaults) :] if given.defaults else []
    pairs = [*zip(late, given.defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    for argument, default in pairs:
        if default is not None and argument not in given.posonlyargs:
            yield argument.arg, argument.annotation, default


def _fields(owner: ast.ClassDef | None) -> Iterator[Optional]:
    """Those of a class that is made from its fields, as data classes are."""
    if owner is None or _maker(owner) is not None:
        return
    for one in owner.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value is not None:
            yield one.target.id, one.annotation, one.value


def _values(hint: ast.expr | None, default: ast.expr, texts: Sequence[str]) -> tuple[str, ...]:
    """What its hint and its default tell, other than the default; for texts those that the code has, too."""
    words = set(_words(hint)) if hint is not None else set()
    words |= {type(default.value).__name__} if isinstance(default, ast.Constant) else set()
    choices = [ast.unparse(one) for one in _choices(hint)]
    told = [value for word in VALUES if word in words for value in VALUES[word]]
    told += [one for text in texts for one in [text] * ("str" in words) + [f"[{text}]"] * bool(words & LISTS)]
    own = ast.unparse(default)
    if hint is None and own == "None":
        told = [*told, *UNKNOWN]
    return tuple(dict.fromkeys(value for value in (*choices, *told) if value != own))


def _words(hint: ast.expr) -> Iterator[str]:
    """The names of the alternatives of a hint, not of what is in them."""
    if isinstance(hint, ast.BinOp):
        yield from (*_words(hint.left), *_words(hint.right))
    elif isinstance(hint, ast.Subscript) and last_name(hint.value) in UNIONS:
        held = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
        yield from (word for one in held for word in _words(one))
    else:
        yield last_name(hint.value if isinstance(hint, ast.Subscript) else hint)


def _choices(hint: ast.expr | None) -> Iterator[ast.expr]:
    for one in ast.walk(hint) if hint is not None else ():
        if isinstance(one, ast.Subscript) and last_name(one.value) == "Literal":
            yield from one.slice.elts if isinstance(one.slice, ast.Tuple) else [one.slice]


def _name(option: str) -> str:
    """The variable of an option."""
    return option.lstrip("-").replace("-", "_")
