"""One thing that an import statement brings, and where such a statement belongs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeAlias

from msgspec import Struct

from pytest_enrich.imports.bindings import Bindings
from pytest_enrich.imports.text import parse

ImportNode: TypeAlias = ast.Import | ast.ImportFrom
SortKey: TypeAlias = tuple[int | str, ...]

FUTURE, STANDARD, THIRD_PARTY, FIRST_PARTY, LOCAL = range(5)

# A text does not tell whose a package is. What tests import that is not the project's is mostly one of these.
THIRD_PARTY_ROOTS = frozenset(
    """
    _pytest aiohttp anyio attr attrs bs4 celery click django faker fastapi flask freezegun httpx hypothesis jinja2
    jwt mock msgspec numpy pandas pexpect pydantic pytest pytest_asyncio pytest_mock pytz redis requests respx
    responses rich scipy six sqlalchemy starlette syrupy time_machine toml trio typer typing_extensions werkzeug
    yaml
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)


class Wanted(Struct, frozen=True, kw_only=True):
    """One import: `import module`, or `member` from it; with its `alias`, if it has one."""

    module: str
    member: str | None = None
    alias: str | None = None

    @property
    def text(self) -> str:
        """The statement, without a line ending."""
        name = f"from {self.module} import {self.member}" if self.member else f"import {self.module}"
        return f"{name} as {self.alias}" if self.alias else name


def wanted(statements: Iterable[str]) -> Iterator[Wanted]:
    """Each single import of `statements`; other statements are no business of ours."""
    for text in statements:
        for node in parse(text).body:
            if isinstance(node, ast.Import):
                yield from (Wanted(module=alias.name, alias=alias.asname) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = module_of(node)
                yield from (Wanted(module=module, member=one.name, alias=one.asname) for one in node.names)


def module_of(node: ImportNode) -> str:
    """The module that `node` names first, as it is written there."""
    if isinstance(node, ast.Import):
        return node.names[0].name
    return "." * node.level + (node.module or "")


def provided(want: Wanted, bindings: Bindings) -> bool:
    """Whether a file with `bindings` surely has it already: `import a.b` alone may be all that binds `a`."""
    if want.member:
        meanings = bindings.objects.get(want.alias or want.member, ())
        return any(_same(f"{want.module}:{want.member}", meaning) for meaning in meanings)
    inner = not want.alias and any(one.startswith(f"{want.module}.") for one in bindings.modules)
    return not inner and want.module in bindings.modules.get(want.alias or want.module, ())


def _same(target: str, meaning: str) -> bool:
    """Whether they are one thing; a relative import of an unknown package is taken at its end."""
    end = meaning.lstrip(".")
    if end == meaning:
        return target == meaning
    return f".{target}".endswith(end if end.startswith(":") else f".{end}")


def section(module: str) -> int:
    """Its place among the sections that isort makes, as far as a name tells."""
    root = module.partition(".")[0]
    if root == "__future__":
        return FUTURE
    if not root:
        return LOCAL
    if root in sys.stdlib_module_names:
        return STANDARD
    return THIRD_PARTY if root in THIRD_PARTY_ROOTS else FIRST_PARTY


def alias_of(alias: ast.alias) -> str:
    """`a as b`, "" for a name that keeps its own."""
    return f"{alias.name} as {alias.asname}" if alias.asname else ""


def module_key(module: str, *, is_from: bool, alias: str, mixed: bool) -> SortKey:
    """What isort sorts statements of a section by: `import` before `from`, or (`mixed`) both together."""
    first, second = (module.lower(), int(is_from)) if mixed else (int(is_from), module.lower())
    return (first, second, module, alias)


def name_key(name: str, *, by_type: bool) -> SortKey:
    """What isort sorts the names of a statement by: constants, classes, others, or just by the alphabet."""
    if not by_type:
        return (name.lower(), name)
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, name.lower(), name)


MODULE_KEYS = (partial(module_key, mixed=False), partial(module_key, mixed=True))
NAME_KEYS = (partial(name_key, by_type=True), partial(name_key, by_type=False))


def position(keys: list[SortKey], new: SortKey) -> int:
    """Where `new` goes in the longest sorted end of `keys`.

    So a sorted list stays sorted, and an unsorted one ends the same whatever the order of insertions.
    """
    start = len(keys) - 1
    while start > 0 and keys[start - 1] <= keys[start]:
        start -= 1
    later = [index for index in range(max(start, 0), len(keys)) if keys[index] > new]
    return later[0] if later else len(keys)
