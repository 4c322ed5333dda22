"""What a target's code, and its module, ask for by name: names, keys, attributes, exceptions, options."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.data import Target, Template
from pytest_enrich.writing.syntax import Function, last_name

LOOKING = {"get", "pop", "setdefault"}
MOST_KEYS = 60
MOST_CAUGHT = 4
CONSTRUCTED = {"JSONDecodeError": "('a', 'b', 0)", "UnicodeDecodeError": "('ascii', b'a', 0, 1, 'b')"}
CALLS = ("", "('a')", *CONSTRUCTED.values())
"""What follows the class: nothing most often; some cannot be made of that."""
DECLARING = {"option", "add_argument"}
"""Functions that say of a command which options it takes: of click, of argparse, of what is made as they are."""
FLAGS = {"store_true", "store_false", "store_const", "count"}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("int", "INT", "IntRange"), ("1", "0", "100")),
    **dict.fromkeys(("float", "FLOAT", "FloatRange"), ("0.5", "0")),
}
"""By the type of an option."""
COMMANDS = {"command", "callback"}
OPTION, ARGUMENT = "Option", "Argument"


def truth_tested(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls of which only the truth is asked."""
    for node in ast.walk(tree):
        held = [getattr(node, "test", None), getattr(node, "operand", None), *getattr(node, "values", ())]
        yield from (
            one for one in map(_inside_await, held) if isinstance(one, ast.Call) and not isinstance(node, ast.Dict)
        )


def outcomes(tree: ast.AST) -> dict[str, bool]:
    """What is called and decides something by what it gives, and whether only the truth of that is asked.

    Methods by their names, other functions of the project as "".
    """
    asked = {_method(one) for one in truth_tested(tree)}
    deciding = [*_decisions(tree)]
    named = {one.id for one in deciding if isinstance(one, ast.Name)}
    kept = (one for one in ast.walk(tree) if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name))
    values = (one.value for one in kept if getattr(one.targets[0], "id", "") in named)
    called = (one for one in (*deciding, *map(_inside_await, values)) if isinstance(one, ast.Call))
    named_so = ((_method(one), one) for one in called)
    return {name: name in asked for name, one in named_so if name or not hasattr(builtins, last_name(one.func))}


def tried(tree: ast.AST) -> Iterator[str]:
    """The methods that are called where exceptions are caught."""
    blocks = (one for one in ast.walk(tree) if isinstance(one, ast.Try) and one.handlers)
    nodes = (node for block in blocks for one in block.body for node in ast.walk(one))
    yield from (
        node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )


def looked_up_keys(tree: ast.AST) -> Iterator[str]:
    """The texts that are looked up: `data["key"]`, `data.get("key")`, `"key" in data`."""
    found = (key for _, key in looked_up(tree) if isinstance(key, ast.Constant))
    yield from (key.value for key in found if isinstance(key.value, str))


def named(tree: ast.AST) -> Iterator[str]:
    """All names, those of attributes and parameters, too, without leading underscores."""
    for node in ast.walk(tree):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "arg", None)))
        if isinstance(name, str):
            yield name.lstrip("_")


def attributes(tree: ast.AST) -> Iterator[str]:
    """The public attributes that decide something."""
    nodes = [*_decisions(tree)]
    called = [one.func for one in nodes if isinstance(one, ast.Call)]
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node not in called:
            yield from [node.attr] if node.attr[:1] != "_" else []


def _decisions(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes of the conditions."""
    tested = (node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp | ast.While))
    yield from (one for test in tested for one in ast.walk(test))


def _method(call: ast.Call) -> str:
    """The name of the method that is called, "" for a function."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _inside_await(value: ast.expr) -> ast.expr:
    return value.value if isinstance(value, ast.Await) else value


class Keyed(dict[str, tuple[str, ...]]):
    """Source of keys, by the parameter's name and by its place (`#0`) among the arguments of a call."""


Known: TypeAlias = Mapping[str, Keyed]
"""By the name of the function."""


def tables_of(tree: ast.Module) -> dict[str, Keyed]:
    """What the functions of a module look up in its tables."""
    tables = {name: keys for node in tree.body for name, keys in _tables(node)}
    functions = (node for node in ast.walk(tree) if isinstance(node, Function))
    found = {one.name: _keyed(one, tables) for one in functions} if tables else {}
    return {name: keyed for name, keyed in found.items() if keyed}


def table_keys(call: ast.Call, argument: ast.expr, known: Known) -> tuple[str, ...]:
    """What may stand in the place of an argument of a call."""
    keyed = known.get(last_name(call.func), Keyed())
    named = next((one.arg for one in call.keywords if one.value is argument), None)
    place = next((f"#{at}" for at, one in enumerate(call.args) if one is argument), "")
    return keyed.get(named or place, ())


def _tables(node: ast.stmt) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of a mapping that is written out, and its keys."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    value = getattr(node, "value", None)
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Dict):
        texts = (one.value for one in value.keys if isinstance(one, ast.Constant))
        found = tuple(repr(one) for one in texts if isinstance(one, str | int) and not isinstance(one, bool))
        yield from ((one.id, found[:MOST_KEYS]) for one in targets if isinstance(one, ast.Name) and found)


def _keyed(function: Function, tables: Mapping[str, tuple[str, ...]]) -> Keyed:
    given = function.args
    order = [one.arg for one in (*given.posonlyargs, *given.args) if one.arg not in {"self", "cls"}]
    names = {*order, *(one.arg for one in given.kwonlyargs)}
    found = Keyed()
    for place, key in looked_up(function):
        table, name = _plain_name(place), _plain_name(key)
        if name in names and table in tables:
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *tables[table])))
    found.update({f"#{at}": found[name] for at, name in enumerate(order) if name in found})
    return found


def looked_up(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is looked up in what: `table[key]` where it is read, `table.get(key)`, `key in table`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield node.value, node.slice
        elif isinstance(node, ast.Call) and last_name(node.func) in LOOKING and node.args:
            yield getattr(node.func, "value", node.func), node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            yield node.comparators[0], node.left


def _plain_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def caught_exceptions(target: Target, tree: ast.Module) -> tuple[Template, ...]:
    """Templates of the exceptions that a target catches where no test makes it, in the order of the gaps.

    There is none of a name that nobody can resolve. One that the handler gives a name (`as error`) says something:
    what becomes of that is seen.
    """
    known = _imported_names(tree, target.module)
    told = {name: " as " in text for text in _handlers(target) for name in _named_classes(text)}
    kinds = [(kind, is_told) for name, is_told in told.items() if (kind := _template(name, known))][:MOST_CAUGHT]
    pairs = ((made, *kind) for made in CALLS for kind in kinds)
    return tuple(f"{kind}{made}" for made, kind, is_told in pairs if _is_made(kind, made) or not (made or is_told))


def _handlers(target: Target) -> Iterator[str]:
    """What the handlers begin with that nothing came to."""
    texts = [gap.text for gap in target.gaps]
    texts += [condition.text for way in target.conditions for condition in way]
    yield from (text for text in texts if text.startswith("except"))


def _is_made(kind: Template, made: str) -> bool:
    """Whether a class may be called so; two of the standard library take just one sort of arguments."""
    name = re.split(r"[.:]", kind.strip("⟨⟩"))[-1]
    return CONSTRUCTED.get(name, "('a')") == made


def _named_classes(text: str) -> Iterator[str]:
    """`requests.Timeout` and `ValueError` of `except (requests.Timeout, ValueError) as error:`."""
    try:
        handler = ast.parse(f"try:\n    pass\n{text}\n    pass\n").body[0]
    except (SyntaxError, ValueError):
        return
    kind = handler.handlers[0].type if isinstance(handler, ast.Try) else None
    each = kind.elts if isinstance(kind, ast.Tuple) else [kind] if kind is not None else []
    yield from (ast.unparse(one) for one in each if isinstance(one, ast.Name | ast.Attribute))


def _imported_names(tree: ast.Module, module: str) -> dict[str, str]:
    """What names of the module stand for, as the start of a template."""
    found = {one.name: f"{module}:{one.name}" for one in tree.body if isinstance(one, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {(one.asname or one.name): f"{one.name}:" for one in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {(one.asname or one.name): f"{node.module}:{one.name}" for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level]
            package = ".".join([*above, *([node.module] if node.module else [])])
            found |= {(one.asname or one.name): f"{package}:{one.name}" for one in node.names}
    return found


def _template(name: str, known: Mapping[str, str]) -> Template:
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        start, rest = known.get(".".join(parts[:at])), ".".join(parts[at:])
        if start is not None:
            return f"⟨{start}{'.' * bool(rest and start[-1] != ':')}{rest}⟩"
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else ""


def declared_options(tree: ast.Module) -> Iterator[Option]:
    """The options that a module's commands take, as click, argparse and typer have them declared."""
    yield from _spelled_out(tree)
    yield from _of_parameters(tree)


class Option(Struct, frozen=True):
    """An option of a command: how it is written, how many words it takes, what they may be (any, when empty)."""

    text: str
    words: int
    choices: tuple[str, ...] = ()


def _spelled_out(tree: ast.Module) -> Iterator[Option]:
    """All that a module declares, in the order of its text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or last_name(node.func) not in DECLARING:
            continue
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        spelled = [word for text in texts for word in text.split("/") if word[:1] == "-"]
        if spelled:
            is_switch = any("/" in text for text in texts)
            taken = _words_taken({one.arg: one.value for one in node.keywords})
            yield Option(max(spelled, key=len), *((0, ()) if is_switch else taken))


def _words_taken(given: Mapping[str | None, ast.expr]) -> tuple[int, tuple[str, ...]]:
    """How many words an option takes, and which."""
    flag, action, number = (getattr(given.get(name), "value", None) for name in ("is_flag", "action", "nargs"))
    if flag is True or action in FLAGS:
        return 0, ()
    listed = [*_choices(given.get("choices")), *_choices(given.get("type"))]
    return number if isinstance(number, int) and number > 0 else 1, tuple(listed)


def _choices(node: ast.expr | None) -> Iterable[str]:
    """The texts of a list of choices, inside of `click.Choice(...)`, too; for a number a few."""
    kind = last_name(node.func if isinstance(node, ast.Call) else node) if node is not None else ""
    if kind in NUMBERS:
        return NUMBERS[kind]
    inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
    held = inner.elts if isinstance(inner, ast.List | ast.Tuple) else []
    return [one.value for one in held if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _of_parameters(tree: ast.Module) -> Iterator[Option]:
    """Those of all commands of a module that imports typer."""
    nodes = list(ast.walk(tree))
    named = (one.name for node in nodes if isinstance(node, ast.Import) for one in node.names)
    modules = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    if "typer" not in {*named, *modules}:
        return
    for node in nodes:
        if isinstance(node, Function) and any(map(_commands, node.decorator_list)):
            yield from (option for one in _with_defaults(node) if (option := _option(*one)) is not None)


def _commands(decorator: ast.expr) -> bool:
    return last_name(decorator.func if isinstance(decorator, ast.Call) else decorator) in COMMANDS


def _with_defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Each with its default."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    lacking: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    yield from zip(plain, [*lacking, *given.defaults], strict=True)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)


def _option(parameter: ast.arg, default: ast.expr | None) -> Option | None:
    """The option that a parameter becomes; None for an argument, which is a word without a name."""
    hint = parameter.annotation
    told = [one for one in (*_metadata(hint), default) if isinstance(one, ast.Call)]
    kinds = {last_name(one.func) for one in told}
    if ARGUMENT in kinds or (default is None and OPTION not in kinds):
        return None
    spelled = [word for one in told for word in _spelled(one)] or [f"--{parameter.arg.replace('_', '-')}"]
    names = {one.id for one in ast.walk(hint or parameter) if isinstance(one, ast.Name)}
    if "bool" in names:
        return Option(max(spelled, key=len), 0)
    choices = next((NUMBERS[name] for name in sorted(names) if name in NUMBERS), ())
    return Option(max(spelled, key=len), 1, choices)


def _metadata(hint: ast.expr | None) -> list[ast.expr]:
    """What stands beside the type in `Annotated[int, typer.Option()]`."""
    is_annotated = isinstance(hint, ast.Subscript) and last_name(hint.value) == "Annotated"
    held = hint.slice if is_annotated else None  # type: ignore[union-attr]
    return held.elts[1:] if isinstance(held, ast.Tuple) else []


def _spelled(call: ast.Call) -> Iterator[str]:
    """The names of an option, its first of several."""
    texts = (one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
    yield from (text.split("/")[0].strip() for text in texts if text.startswith("--"))
