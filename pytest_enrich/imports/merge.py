"""Add import statements to a file, and change nothing else in it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias, TypeVar

from pytest_enrich.imports.bindings import Bindings, read
from pytest_enrich.imports.elements import Elements, spliced
from pytest_enrich.imports.text import (
    UNNAMED,
    Binding,
    Places,
    imported,
    limit,
    newline,
    parse,
    split,
    split_bom,
)

T = TypeVar("T")
ImportNode: TypeAlias = ast.Import | ast.ImportFrom
Group: TypeAlias = list[ImportNode]
"""Import statements without a blank line between them."""
SortKey: TypeAlias = tuple[int | str, ...]

FUTURE, STANDARD, THIRD_PARTY, FIRST_PARTY, LOCAL = range(5)

# A text does not tell whether a package is third-party. Those that tests import are mostly among these.
THIRD_PARTY_ROOTS = frozenset(
    """
    _pytest aiohttp anyio attr attrs bs4 celery click django faker fastapi flask freezegun httpx hypothesis jinja2
    jwt mock msgspec numpy pandas pexpect pydantic pytest pytest_asyncio pytest_mock pytz redis requests respx
    responses rich scipy six sqlalchemy starlette syrupy time_machine toml trio typer typing_extensions werkzeug
    yaml
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)


def wanted(text: str) -> list[Binding]:
    """Each single import at the top level of a text, including star imports."""
    bindings: list[Binding] = []
    for node in import_nodes(text):
        bindings += imported(node)
        if any(alias.name == "*" for alias in node.names):
            bindings.append(Binding(name="*", module=module_of(node), member="*"))
    return bindings


def import_nodes(text: str) -> list[ImportNode]:
    """The import statements at the top level of a text."""
    return [node for node in parse(text).body if isinstance(node, (ast.Import, ast.ImportFrom))]


def module_of(node: ImportNode) -> str:
    """The first module that `node` names, as written there."""
    if isinstance(node, ast.Import):
        return node.names[0].name
    return "." * node.level + (node.module or "")


def provided(want: Binding, bindings: Bindings) -> bool:
    """Whether a file with `bindings` certainly has the import: `a` may be bound only by `import a.b`."""
    if want.member:
        meanings = bindings.objects.get(want.name, ())
        return any(_same(f"{want.module}:{want.member}", meaning) for meaning in meanings)
    inner = not want.alias and any(module.startswith(f"{want.module}.") for module in bindings.modules)
    return not inner and want.module in bindings.modules.get(want.alias or want.module, ())


def section(module: str) -> int:
    """The number of its section in the order of isort, as far as the name tells."""
    root = module.partition(".")[0]
    if root == "__future__":
        return FUTURE
    if not root:
        return LOCAL
    if root in sys.stdlib_module_names:
        return STANDARD
    return THIRD_PARTY if root in THIRD_PARTY_ROOTS else FIRST_PARTY


def _module_key(stated: tuple[str, bool, str], *, mixed: bool) -> SortKey:
    """The key by which isort sorts statements of a section: `import` before `from`, or (`mixed`) both together."""
    module, is_from, alias = stated
    first, second = (module.lower(), int(is_from)) if mixed else (int(is_from), module.lower())
    return (first, second, module, alias)


def _name_key(name: str, *, by_type: bool) -> SortKey:
    """The key by which isort sorts the names of a statement: constants, classes, others; or alphabetically."""
    if not by_type:
        return (name.lower(), name)
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, name.lower(), name)


MODULE_KEYS = (partial(_module_key, mixed=False), partial(_module_key, mixed=True))
NAME_KEYS = (partial(_name_key, by_type=True), partial(_name_key, by_type=False))


def position(orders: Sequence[Callable[[T], SortKey]], known: Sequence[T], new: T) -> int:
    """Where `new` goes: by the first order that `known` is sorted in, else within its longest sorted tail.

    So a sorted list stays sorted, and the result for an unsorted one does not depend on the order of insertions.
    """
    order = next((order for order in orders if [*map(order, known)] == sorted(map(order, known))), orders[0])
    keys = [*map(order, known)]
    start = len(keys) - 1
    while start > 0 and keys[start - 1] <= keys[start]:
        start -= 1
    later = [index for index in range(max(start, 0), len(keys)) if keys[index] > order(new)]
    return later[0] if later else len(keys)


def sections(group: Group) -> frozenset[int]:
    """The sections of the statements; several if the file does not keep them apart."""
    return frozenset(section(module_of(node)) for node in group)


def place(text: str, want: Binding) -> str:
    """`text` with `want` as a separate statement beside related ones; the text has no byte order mark."""
    lines = split(text)
    tree = parse(text)
    known = groups(tree, lines)
    group = _home(known, want)
    if group:
        return _into(lines, group, want)
    earlier = [group for group in known if min(sections(group)) < section(want.module)]
    if earlier:
        return _put(lines, _end(earlier[-1][-1]), ["", want.statement])
    if known:
        return _put(lines, _above(lines, known[0][0]), [want.statement, ""])
    return _first(lines, tree, want)


def groups(tree: ast.Module, lines: list[str]) -> list[Group]:
    """The groups of imports at the top level, in their order."""
    collected: list[Group] = []
    end = 0
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            is_apart = any(not line.strip() for line in lines[end : node.lineno - 1])
            if collected and _end(collected[-1][-1]) == end and not is_apart:
                collected[-1].append(node)
            else:
                collected.append([node])
        end = _end(node)
    return collected


def _same(target: str, meaning: str) -> bool:
    """Whether both mean the same; for a relative import in an unknown package, whether the ends agree."""
    end = meaning.lstrip(".")
    if end == meaning:
        return target == meaning
    return f".{target}".endswith(end if end.startswith(":") else f".{end}")


def _home(known: list[Group], want: Binding) -> Group | None:
    """The group that `want` belongs in: that of its package, of its section, or one with mixed sections."""
    kind, root = section(want.module), want.module.partition(".")[0]
    same = [group for group in known if any(module_of(node).partition(".")[0] == root for node in group)]
    alike = [group for group in known if kind in sections(group)]
    mixed = [group for group in known if len(sections(group) - {FUTURE}) > 1]
    return next((candidates[-1] for candidates in (same if root else [], alike, mixed) if candidates), None)


def _into(lines: list[str], group: Group, want: Binding) -> str:
    known = [_stated(module_of(node), isinstance(node, ast.ImportFrom), node.names[0]) for node in group]
    alias = ast.alias(want.member or want.module, want.alias)
    index = position(MODULE_KEYS, known, _stated(want.module, want.member is not None, alias))
    row = _end(group[index - 1]) if index else _above(lines, group[0])
    return _put(lines, row, [want.statement])


def _stated(module: str, is_from: bool, alias: ast.alias) -> tuple[str, bool, str]:  # noqa: FBT001 - a part of it
    """What a statement is sorted by; the name only counts if it has an alias."""
    return module, is_from, ast.unparse(alias) if alias.asname else ""


def _first(lines: list[str], tree: ast.Module, want: Binding) -> str:
    """`text` with its first import: after the docstring, else after the comments at the beginning."""
    has_docstring = ast.get_docstring(tree, clean=False) is not None
    comments = next((row for row, line in enumerate(lines) if not line.startswith("#")), len(lines))
    row = _end(tree.body[0]) if has_docstring else comments
    close = row < len(lines) and bool(lines[row].strip())
    above = [""] if has_docstring or (row and not close) else []
    return _put(lines, row, [*above, want.statement, *(_gap(tree.body[has_docstring:]) if close else [])])


def _gap(body: list[ast.stmt]) -> list[str]:
    apart = body and isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    return ["", ""] if apart else [""]


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _above(lines: list[str], node: ImportNode) -> int:
    """The row of `node`, or of the comments above it, unless these begin the file."""
    row = node.lineno - 1
    while row and lines[row - 1].lstrip().startswith("#"):
        row -= 1
    return row or node.lineno - 1


def _put(lines: list[str], row: int, new: list[str]) -> str:
    """The text with the lines `new` before line `row`; a missing last line ending stays missing."""
    end = newline("".join(lines))
    if row < len(lines) or not lines or lines[-1].endswith(("\n", "\r")):
        added = "".join(line + end for line in new)
    else:
        added = "".join(end + line for line in new)
    return "".join([*lines[:row], added, *lines[row:]])


def merge(text: str, statements: Sequence[str], *, path: str = UNNAMED) -> str:
    """`text` with those of `statements` that it lacks; unchanged if it lacks none.

    A name is added to an existing statement that imports from its module, in sorted order if the names there
    are sorted.

    Raises:
        RefusedError: The text is not Python.
    """
    start, text = split_bom(text)
    for want in wanted("\n".join(statements)):
        # An import that the text has may be hidden by another binding: repeating it would not help.
        if not provided(want, read(text, path=path)) and want not in wanted(text):
            text = _joined(text, want) or place(text, want)
    return start + text


def wrapped(module: str, names: Sequence[str], end: str) -> str:
    """The statement on several lines, without a final line ending."""
    return f"from {module} import ({end}" + "".join(f"    {name},{end}" for name in names) + ")"


def _joined(text: str, want: Binding) -> str | None:
    """`text` with the name in an existing `from` statement, None if there is no suitable one."""
    if not want.member or want.alias:
        return None
    for node in import_nodes(text):
        if isinstance(node, ast.ImportFrom) and module_of(node) == want.module and _takes_names(node):
            return _with_name(text, node, want.member)
    return None


def _takes_names(node: ast.ImportFrom) -> bool:
    """Whether it has plain names: those with an alias are often in a statement of their own."""
    return any(alias.name != "*" and not alias.asname for alias in node.names)


def _with_name(text: str, node: ast.ImportFrom, name: str) -> str:
    """`text` with the name added to a statement, which is wrapped if it gets too long."""
    names = [alias.name for alias in node.names]
    at = position(NAME_KEYS, names, name)
    new = spliced(text, [_names(text, node).inserted(at, name)])
    line = split(new)[node.lineno - 1]
    written = [ast.unparse(alias) for alias in node.names]
    written.insert(at, name)
    plain = f"from {module_of(node)} import {', '.join(written)}"
    if len(plain) <= limit(text) or line.rstrip("\r\n") != plain:
        return new
    lines = split(new)
    lines[node.lineno - 1] = line.replace(plain, wrapped(module_of(node), written, newline(text)))
    return "".join(lines)


def _names(text: str, node: ImportNode) -> Elements:
    """The names of a statement in the text."""
    places = Places(text)
    spans = [places.span(alias) for alias in node.names]
    start, end = spans[0][0], places.span(node)[1]
    bracketed = text[end - 1] == ")"
    inside = (text.rindex("(", 0, start) + 1, end - 1) if bracketed else (start, end)
    return Elements(text, inside, spans, bracketed=bracketed)
