"""What callers of a target, and its tests, may pass besides what they do: parameters, keys, outcomes.

`Hole.adds` says how, by the marks that are here.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.data import Target, Template
from pytest_enrich.writing.syntax import Function, is_literal, last_name, nodes_of, texts

KEYS = "**"
"""More keys in a dictionary."""
INSTEAD = "="
"""Something else in the place of an expression."""
LEFT_OUT = "-"
"""A step that is not done."""
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
"""For a key of which only the truth is asked."""
UNIONS = {"Optional", "Union", "Annotated"}
LISTS = {"Sequence", "Iterable", "Collection", "list"}
RETURNED = {True: ("False", "True"), False: ("None", "False")}
"""For what a mock gives: where only its truth is asked, and where something else is."""
MOST_PAIRED = 4
LOOKING = {"get", "pop", "setdefault"}
MOST_CAUGHT = 4
CONSTRUCTED = {"JSONDecodeError": "('a', 'b', 0)", "UnicodeDecodeError": "('ascii', b'a', 0, 1, 'b')"}
CALLS = ("", "('a')", *CONSTRUCTED.values())
"""What follows the class: nothing most often; some cannot be made of that."""


class Keyword(Struct, frozen=True):
    """An optional parameter, values to pass for it, and the literal that it is by default, "" for none."""

    name: str
    values: tuple[str, ...]
    default: str = ""


class Addable(Struct, frozen=True):
    """All that the target asks for by name; `callables` are the names that take the keywords.

    `keys` are what it looks for in mappings, with values to try; `caught` are templates of the exceptions that no
    test makes it catch, and `outcomes` what functions may give that decide something by it.
    """

    callables: frozenset[str] = frozenset()
    keywords: tuple[Keyword, ...] = ()
    keys: tuple[Keyword, ...] = ()
    caught: tuple[Template, ...] = ()
    outcomes: tuple[str, ...] = ()


def of(target: Target, source: str) -> Addable:
    """What the target's code asks for by name, of all that may be passed to it or its class."""
    try:
        tree, own = ast.parse(source), ast.parse(target.source)
    except (SyntaxError, ValueError, RecursionError):
        return Addable()
    texts = tuple(constant for constant in target.constants if constant[:1] in "'\"")[:MOST_PAIRED]
    named = set(_names(own))
    callables = {part for part in target.qualname.split(".")[-2:] if part != "__init__"}
    switches = {key for call in _truth_tested(own) for key in _keys(call)}
    keys = dict.fromkeys(_keys(own))
    return Addable(
        callables=frozenset({*callables, *aliases(tree, callables)}),
        keywords=_keywords(tree, target.qualname, named, texts),
        keys=tuple(Keyword(key, (*(SWITCH if key in switches else PLAIN), *texts)) for key in keys),
        caught=_caught(target, tree),
        outcomes=tuple(dict.fromkeys(value for value in _outcomes(own, texts))),
    )


def aliases(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    """What a module calls these besides: `ip_address = IPAddress`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _keywords(tree: ast.Module, qualname: str, named: set[str], texts: Sequence[str]) -> tuple[Keyword, ...]:
    """The optional parameters of a function and of its class of which its own code speaks."""
    function, owner = _definition(tree, qualname)
    keywords = {
        name: Keyword(name, _values(hint, default, texts), ast.unparse(default) if is_literal(default) else "")
        for name, hint, default in (*_optional(function), *_optional(_maker(owner)), *_fields(owner))
        if name in named
    }
    return tuple(keywords.values())


def _definition(tree: ast.Module, qualname: str) -> tuple[Function | None, ast.ClassDef | None]:
    """The function of that name, and the class that it, or the name itself, is of."""
    body: Sequence[ast.stmt] = tree.body
    owner: ast.ClassDef | None = None
    for part in qualname.split("."):
        node = next((each for each in body if getattr(each, "name", None) == part), None)
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
    """The parameters that have a default and may be named."""
    if function is None:
        return
    every = function.args
    late = [*every.posonlyargs, *every.args][-len(every.defaults) :] if every.defaults else []
    pairs = [*zip(late, every.defaults, strict=True), *zip(every.kwonlyargs, every.kw_defaults, strict=True)]
    for parameter, default in pairs:
        if default is not None and parameter not in every.posonlyargs:
            yield parameter.arg, parameter.annotation, default


def _fields(owner: ast.ClassDef | None) -> Iterator[Optional]:
    """Those of a class that is made from its fields, as data classes are."""
    if owner is None or _maker(owner) is not None:
        return
    for node in owner.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.annotation, node.value


def _values(hint: ast.expr | None, default: ast.expr, texts: Sequence[str]) -> tuple[str, ...]:
    """What its hint and its default tell, other than the default; for texts those that the code has, too."""
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
    """The names of the alternatives of a hint, not of what is in them."""
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


def _names(tree: ast.AST) -> Iterator[str]:
    """All names, those of attributes and parameters, too, without leading underscores."""
    for node in ast.walk(tree):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "arg", None)))
        if isinstance(name, str):
            yield name.lstrip("_")


def _keys(tree: ast.AST) -> Iterator[str]:
    """The texts that are looked up: `data["key"]`, `data.get("key")`, `"key" in data`."""
    return texts(_looked_up(tree))


def _truth_tested(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls of which only the truth is asked."""
    for node in ast.walk(tree):
        operands = [getattr(node, "test", None), getattr(node, "operand", None), *getattr(node, "values", ())]
        if not isinstance(node, ast.Dict):
            yield from (value for value in map(_awaited, operands) if isinstance(value, ast.Call))


def _outcomes(tree: ast.AST, texts: Sequence[str]) -> Iterator[str]:
    """What the calls may give by which something is decided, those of builtins left out."""
    only_truth = {last_name(call.func) for call in _truth_tested(tree)}
    tests = (node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp | ast.While))
    deciding = [node for test in tests for node in ast.walk(test)]
    variables = {node.id for node in deciding if isinstance(node, ast.Name)}
    assigned = (node for node in nodes_of(ast.Assign, tree) if getattr(node.targets[0], "id", "") in variables)
    nodes = (*deciding, *(_awaited(node.value) for node in assigned))
    calls = (node for node in nodes if isinstance(node, ast.Call))
    names = dict.fromkeys(name for call in calls if not hasattr(builtins, name := last_name(call.func)))
    for name in [*names][:MOST_PAIRED]:
        yield from RETURNED[True] if name in only_truth else (*RETURNED[False], *texts)


def _caught(target: Target, tree: ast.Module) -> tuple[Template, ...]:
    """Templates of the exceptions that a target catches where no test makes it, in the order of the gaps.

    There is none of a name that nobody can resolve. One that the handler gives a name (`as error`) says something:
    what becomes of that is seen.
    """
    known = _imported(tree, target.module)
    is_used = {name: " as " in text for text in _handlers(target) for name in _classes(text)}
    kinds = [(kind, used) for name, used in is_used.items() if (kind := _template(name, known))][:MOST_CAUGHT]
    pairs = ((call, *kind) for call in CALLS for kind in kinds)
    return tuple(f"{kind}{call}" for call, kind, used in pairs if _may_call(kind, call) or not (call or used))


def _awaited(value: ast.expr) -> ast.expr:
    return value.value if isinstance(value, ast.Await) else value


def _looked_up(tree: ast.AST) -> Iterator[ast.expr]:
    """What is looked up: `table[key]` where it is read, `table.get(key)`, `key in table`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield node.slice
        elif isinstance(node, ast.Call) and last_name(node.func) in LOOKING and node.args:
            yield node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            yield node.left


def _handlers(target: Target) -> Iterator[str]:
    """What the handlers begin with that no test reached."""
    begins = [gap.text for gap in target.gaps]
    begins += [condition.text for way in target.conditions for condition in way]
    return (text for text in begins if text.startswith("except"))


def _may_call(kind: Template, call: str) -> bool:
    """Whether a class may be called so; two of the standard library take just one sort of arguments."""
    name = re.split(r"[.:]", kind.strip("⟨⟩"))[-1]
    return CONSTRUCTED.get(name, "('a')") == call


def _classes(handler: str) -> Iterator[str]:
    """`requests.Timeout` and `ValueError` of `except (requests.Timeout, ValueError) as error:`."""
    try:
        block = ast.parse(f"try:\n    pass\n{handler}\n    pass\n").body[0]
    except (SyntaxError, ValueError):
        return
    kind = block.handlers[0].type if isinstance(block, ast.Try) else None
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    yield from (ast.unparse(node) for node in kinds if isinstance(node, ast.Name | ast.Attribute))


def _imported(tree: ast.Module, module: str) -> dict[str, str]:
    """What names of the module stand for, as the start of a template."""
    meanings = {node.name: f"{module}:{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Import):
            meanings |= {(alias.asname or alias.name): f"{alias.name}:" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            package = ".".join([*above, *([node.module] if node.module else [])])
            meanings |= {(alias.asname or alias.name): f"{package}:{alias.name}" for alias in node.names}
    return meanings


def _template(name: str, known: Mapping[str, str]) -> Template:
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        start, rest = known.get(".".join(parts[:at])), ".".join(parts[at:])
        if start is not None:
            return f"⟨{start}{'.' * bool(rest and start[-1] != ':')}{rest}⟩"
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else ""
