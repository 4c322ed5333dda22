"""The calls in examples that people wrote for readers: in docstrings, in the README and in the documentation."""

from __future__ import annotations

import ast
import doctest
import inspect
import itertools
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from .. import express
from ..rules import rule
from ..rules.body import copied
from .calls import Call
from .entry import MAKERS, Entry

MOST, MOST_NODES = 20, 60
POSITIONAL = {"positional only", "positional"}
FENCE = re.compile(r" *(```|~~~)")
INDENTED = re.compile(r"(?:::|^ *\.\. [\w-]+::[^\n]*)\n(?:[ \t]*\n)*((?:[ \t]+[^\n]*\n|[ \t]*\n)+)", re.MULTILINE)
"""What reStructuredText shows as it stands."""
PROMPT = ">>>"
DOCUMENTED = ("README*", "doc*")
"""The names of files and folders with pages."""
PAGES = {".md", ".rst", ".txt"}
MOST_PAGES, LONGEST_PAGE = 60, 100_000


def example_calls(entry: Entry, documented: object, names: Mapping[str, object]) -> list[Call]:
    """Calls of `entry` in the docstring of `documented`; `names` are what the names in its examples stand for."""
    text = getattr(documented, "__doc__", None)
    made = _calls([*_prompted(text)] if isinstance(text, str) else [], entry, names)
    return [call for _, call in itertools.islice(made, MOST)]


@rule("examples on pages")
def page_calls(entry: Entry, function: object, owner: type | None, module: ModuleType, root: str) -> list[Call]:
    """The calls of an entry on the project's pages, where what the page calls is the entry and no namesake."""
    found: list[Call] = []
    for page in _pages(root, f"{_wanted(entry)}("):
        statements = [*_shown(page)]
        names = {**_packages(module), **vars(module), **_imported(statements)}
        for node, call in _calls(statements, entry, names):
            meant = owner if entry.name in MAKERS else function
            is_own = _is_of(owner, node, names) if entry.needs_receiver else _is_meant(node.func, meant, names)
            found += [call] if is_own else []
    return [*dict.fromkeys(found)][:MOST]


def _wanted(entry: Entry) -> str:
    """The name by which an example calls an entry."""
    return entry.owner.rpartition(".")[2] if entry.name in MAKERS else entry.name


def _pages(root: str, wanted: str) -> Iterator[str]:
    """The texts of the pages with these words in it, the README first."""
    tops = itertools.chain.from_iterable(sorted(Path(root).glob(name)) for name in DOCUMENTED)
    paths = itertools.chain.from_iterable(_files(top) if top.is_dir() else [top] for top in tops)
    for path in itertools.islice((path for path in paths if path.suffix in {"", *PAGES}), MOST_PAGES):
        try:
            text = _begun(path) if path.is_file() else ""
        except (OSError, ValueError):
            continue
        if wanted in text:
            yield text


def _begun(path: Path) -> str:
    with path.open(encoding="utf-8") as page:
        return page.read(LONGEST_PAGE)


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in sorted(names))


def _shown(page: str) -> Iterator[ast.stmt]:
    """The statements on a page: behind prompts, between fences, and in the blocks of reStructuredText."""
    blocks = [*_fenced(page)] or [match[1] for match in INDENTED.finditer(page)]
    yield from _prompted(page)
    for block in blocks:
        if PROMPT not in block:
            yield from _parsed(textwrap.dedent(block))


def _fenced(page: str) -> Iterator[str]:
    """The blocks between fences; one that nothing closes is none."""
    fence, block = "", list[str]()
    for line in page.splitlines(keepends=True):
        found = FENCE.match(line)
        if not fence:
            fence, block = found[1] if found else "", []
        elif found and found[1] == fence:
            yield "".join(block)
            fence = ""
        else:
            block.append(line)


def _prompted(text: str) -> Iterator[ast.stmt]:
    """The statements behind prompts."""
    try:
        shown = doctest.DocTestParser().get_examples(text)
    except ValueError:  # it is no well-formed doctest
        return
    yield from itertools.chain.from_iterable(_parsed(example.source) for example in shown)


def _parsed(source: str) -> list[ast.stmt]:
    """The statements, those inside others too; none if it is not Python."""
    try:
        return [*_simple(ast.parse(source).body)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _simple(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        yield from _simple(getattr(node, "body", ()))


def _calls(
    statements: Iterable[ast.stmt], entry: Entry, names: Mapping[str, object]
) -> Iterator[tuple[ast.Call, Call]]:
    """The calls of `entry` in these statements, each as it is written, with variables replaced."""
    for value in _values(statements):
        for node in ast.walk(value):
            call = _call(node, entry, names) if isinstance(node, ast.Call) else None
            if call is not None and isinstance(node, ast.Call):
                yield node, call


def _values(statements: Iterable[ast.stmt]) -> Iterator[ast.expr]:
    """The values of statements, with variables replaced by what they stand for."""
    unfolding = _Unfolding()
    for node in statements:
        if isinstance(node, ast.Expr | ast.Assign):
            value = unfolding.of(node.value.value if isinstance(node.value, ast.Await) else node.value)
            yield value
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                unfolding.given[node.targets[0].id] = value


class _Unfolding(ast.NodeTransformer):
    """Replaces variables by the values that they were given, unless these are large."""

    def __init__(self) -> None:
        self.given: dict[str, ast.expr] = {}
        self._bound: set[str] = set()

    def of(self, value: ast.expr) -> ast.expr:
        """The value with its variables replaced, except those that it binds itself (`[one for one in many]`)."""
        self._bound = express.bound(value)
        unfolded: ast.expr = self.visit(value)
        return unfolded

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a variable."""
        value = node if node.id in self._bound else self.given.get(node.id, node)
        nodes = itertools.islice(ast.walk(value), MOST_NODES)
        return copied(value) if sum(1 for _ in nodes) < MOST_NODES else node


def _call(node: ast.Call, entry: Entry, names: Mapping[str, object]) -> Call | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name != _wanted(entry):
        return None
    receiver = express.written(node.func.value, names) if isinstance(node.func, ast.Attribute) else None
    if entry.needs_receiver and not receiver:
        return None
    arguments = _arguments(node, entry, names)
    return None if arguments is None else Call(entry.key, arguments, receiver if entry.needs_receiver else None)


def _arguments(node: ast.Call, entry: Entry, names: Mapping[str, object]) -> tuple[tuple[str, str], ...] | None:
    positional = [parameter["name"] for parameter in entry.parameters if parameter["kind"] in POSITIONAL]
    is_unpacked = any(isinstance(value, ast.Starred) for value in node.args)
    if is_unpacked or any(named.arg is None for named in node.keywords):
        return None
    places = [*positional[: len(node.args)], *[""] * (len(node.args) - len(positional))]
    pairs = [*zip(places, node.args, strict=True), *((str(named.arg), named.value) for named in node.keywords)]
    written = [(name, express.written(value, names)) for name, value in pairs]
    arguments = tuple((name, text) for name, text in written if text is not None)
    return arguments if len(arguments) == len(written) else None


def _packages(module: ModuleType) -> dict[str, object]:
    """The package of the module by its name: a page often leaves its import out."""
    top = module.__name__.partition(".")[0]
    return {top: sys.modules[top]} if top in sys.modules else {}


def _imported(statements: Iterable[ast.stmt]) -> dict[str, object]:
    """What the imports on a page give, as far as it is imported here already."""
    names: dict[str, object] = {}
    for node in statements:
        if isinstance(node, ast.Import):
            for alias in node.names:
                own = alias.name if alias.asname else alias.name.partition(".")[0]
                names |= {alias.asname or own: sys.modules[own]} if own in sys.modules else {}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            there = vars(sys.modules[node.module]) if node.module in sys.modules else {}
            asked = {alias.asname or alias.name: alias.name for alias in node.names}
            names |= {own: there[name] for own, name in asked.items() if name in there}
    return names


def _standing(node: ast.expr, names: Mapping[str, object]) -> object:
    """What a dotted name stands for, None if that is not known."""
    if isinstance(node, ast.Attribute):
        return inspect.getattr_static(_standing(node.value, names), node.attr, None)
    return names.get(node.id) if isinstance(node, ast.Name) else None


def _is_meant(node: ast.expr, meant: object, names: Mapping[str, object]) -> bool:
    """Whether a name stands for the function or the class."""
    found = _standing(node, names)
    return found is not None and getattr(found, "__func__", found) is meant


def _is_of(owner: type | None, node: ast.Call, names: Mapping[str, object]) -> bool:
    """Whether the object that is asked may be one of the class: it is made by it, or by no class that is known."""
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    maker = _standing(receiver.func, names) if isinstance(receiver, ast.Call) else None
    return owner is not None and (not isinstance(maker, type) or issubclass(maker, owner))
