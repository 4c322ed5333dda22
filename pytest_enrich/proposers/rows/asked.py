"""What a target's code asks for by name: names, keys, attributes, exceptions that it catches."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping

from pytest_enrich.data import Target, Template
from pytest_enrich.imports.text import bound
from pytest_enrich.writing.syntax import last_name, nodes_of, texts

LOOKING = {"get", "pop", "setdefault"}
MOST_CAUGHT = 4
CONSTRUCTED = {"JSONDecodeError": "('a', 'b', 0)", "UnicodeDecodeError": "('ascii', b'a', 0, 1, 'b')"}
"""Two exceptions of the standard library take only one kind of arguments."""
ANY_MESSAGE = "('a')"


def names(tree: ast.AST) -> Iterator[str]:
    """All names, including those of attributes and parameters, without leading underscores."""
    for node in ast.walk(tree):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "arg", None)))
        if isinstance(name, str):
            yield name.lstrip("_")


def keys(tree: ast.AST) -> Iterator[str]:
    """The texts that are looked up: `data["key"]`, `data.get("key")`, `"key" in data`."""
    return texts(_looked_up(tree))


def attributes(tree: ast.AST) -> Iterator[str]:
    """The public attributes that conditions read."""
    nodes = [*_decisions(tree)]
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node not in called:
            yield from [node.attr] if node.attr[:1] != "_" else []


def truth_tested(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls whose result is only tested for truth."""
    for node in ast.walk(tree):
        operands = [getattr(node, "test", None), getattr(node, "operand", None), *getattr(node, "values", ())]
        if not isinstance(node, ast.Dict):
            yield from (value for value in map(_awaited, operands) if isinstance(value, ast.Call))


def outcomes(tree: ast.AST) -> dict[str, bool]:
    """What is called and decides something by its result, and whether that is only tested for truth.

    Methods go by their names, other functions of the project by "".
    """
    only_truth = {_method(call) for call in truth_tested(tree)}
    deciding = [*_decisions(tree)]
    variables = {node.id for node in deciding if isinstance(node, ast.Name)}
    assigned = (node for node in nodes_of(ast.Assign, tree) if getattr(node.targets[0], "id", "") in variables)
    nodes = (*deciding, *(_awaited(node.value) for node in assigned))
    called = ((_method(call), call) for call in nodes if isinstance(call, ast.Call))
    own = (method for method, call in called if method or not hasattr(builtins, last_name(call.func)))
    return {method: method in only_truth for method in own}


def tried(tree: ast.AST) -> Iterator[str]:
    """The methods that are called where exceptions are caught."""
    body = (statement for block in nodes_of(ast.Try, tree) if block.handlers for statement in block.body)
    return filter(None, map(_method, nodes_of(ast.Call, *body)))


def caught(target: Target, tree: ast.Module) -> tuple[Template, ...]:
    """Templates of the exceptions that a target catches but no test makes it catch, in the order of the gaps.

    There is none for a name that cannot be resolved. An exception that the handler names (`as error`) has a
    message, so that one sees what becomes of it.
    """
    known = _imported(tree, target.module)
    is_used = {name: " as " in text for text in _handlers(target) for name in _classes(text)}
    kinds = [(kind, used) for name, used in is_used.items() if (kind := _template(name, known))][:MOST_CAUGHT]
    bare = (kind for kind, used in kinds if not used)
    return (*bare, *(f"{kind}{CONSTRUCTED.get(_last_word(kind), ANY_MESSAGE)}" for kind, _ in kinds))


def _decisions(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes in conditions."""
    tests = (node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp | ast.While))
    return (node for test in tests for node in ast.walk(test))


def _method(call: ast.Call) -> str:
    """The name of the method that is called, "" for a function."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


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
    """The first lines of the handlers that no test reached."""
    begins = [gap.text for gap in target.gaps]
    begins += [condition.text for way in target.conditions for condition in way]
    return (text for text in begins if text.startswith("except"))


def _last_word(kind: Template) -> str:
    """`JSONDecodeError` of `⟨json:JSONDecodeError⟩`."""
    return re.split(r"[.:]", kind.strip("⟨⟩"))[-1]


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
    for binding in bound(tree.body, module.rpartition(".")[0]):
        if binding.module:
            name = binding.name if binding.member or binding.alias else binding.module
            meanings[name] = f"{binding.module}:{binding.member or ''}"
    return meanings


def _template(name: str, known: Mapping[str, str]) -> Template:
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        start, rest = known.get(".".join(parts[:at])), ".".join(parts[at:])
        if start is not None:
            return f"⟨{start}{'.' * bool(rest and start[-1] != ':')}{rest}⟩"
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else ""
