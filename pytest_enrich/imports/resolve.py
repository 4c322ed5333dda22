"""Templates to code: what a file calls the names of a template, and what it must import for them.

Values come back from processes that ran untrusted code, so a name is only believed when it is one.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from keyword import iskeyword

from msgspec import Struct

from pytest_enrich.data import Template
from pytest_enrich.imports.bindings import Bindings, extend

_NAME = re.compile(r"⟨([^⟨⟩:]*):([^⟨⟩]*)⟩")
_BUILTINS = frozenset(dir(builtins))

# Of these people import the module and write `math.sqrt`; of all others the name.
MODULE_STYLE = frozenset(
    """
    asyncio bisect copy csv heapq html io itertools json logging math operator os pickle pprint pytest random re
    shutil signal socket sqlite3 statistics string struct subprocess sys tempfile textwrap threading time unittest
    warnings zlib
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)


class Resolved(Struct, frozen=True, kw_only=True):
    """A template as `code` for one file, the `imports` it lacks, and its `bindings` with them."""

    code: str
    imports: tuple[str, ...]
    bindings: Bindings


class ResolvedAll(Struct, frozen=True, kw_only=True):
    """Several templates for one file: `codes` in their order, and what the file lacks for all of them."""

    codes: tuple[str, ...]
    imports: tuple[str, ...]
    bindings: Bindings


class _Name(Struct, frozen=True):
    """How a name is written, and the import statement that it needs, "" for none."""

    expression: str
    statement: str = ""


def resolve(template: Template, bindings: Bindings, aliases: Sequence[tuple[str, str]] = ()) -> Resolved:
    """Write each name of `template` as the file with `bindings` would.

    `aliases` are pairs of a function's own ``module:qualname`` and a shorter one that is the same object.

    Raises:
        ValueError: A name in the template is none that can be imported (``shop:f.<locals>.C``).
    """
    pieces: list[str] = []
    imports: list[str] = []
    end = 0
    for match in _NAME.finditer(template):
        name = _written(match[1], match[2], bindings, aliases)
        if name.statement:
            imports.append(name.statement)
            bindings = extend(bindings, [name.statement])
        pieces += [template[end : match.start()], name.expression]
        end = match.end()
    return Resolved(code="".join([*pieces, template[end:]]), imports=tuple(imports), bindings=bindings)


def resolve_all(
    templates: Iterable[Template], bindings: Bindings, aliases: Sequence[tuple[str, str]] = ()
) -> ResolvedAll:
    """Resolve `templates` for one file so that they agree on every name and import each once.

    Raises:
        ValueError: As `resolve`.
    """
    codes: list[str] = []
    imports: list[str] = []
    for template in templates:
        one = resolve(template, bindings, aliases)
        codes.append(one.code)
        imports += one.imports
        bindings = one.bindings
    return ResolvedAll(codes=tuple(codes), imports=tuple(imports), bindings=bindings)


def _written(module: str, qualname: str, bindings: Bindings, aliases: Sequence[tuple[str, str]]) -> _Name:
    _check(module, qualname)
    spellings = [(module, qualname), *_spelled(module, qualname, aliases)]
    named = frozenset(other for _, other in aliases)
    for spelling in spellings:
        known = _known(*spelling, bindings, named)
        if known:
            return _Name(known)
    chosen = min(spellings, key=lambda spelling: (not _imports_from(spelling[0], bindings), len(spelling[0])))
    return next(_new(*chosen, bindings))


def _check(module: str, qualname: str) -> None:
    parts = [*module.split("."), *(qualname.split(".") if qualname else [])]
    if not all(part.isidentifier() and not iskeyword(part) for part in parts):
        raise ValueError(f"no name that can be imported: {module!r}, {qualname!r}")


def _spelled(module: str, qualname: str, aliases: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    target = f"{module}:{qualname}"
    for own, shorter in aliases:
        if target == own or target.startswith(f"{own}."):
            other, _, name = (shorter + target[len(own) :]).partition(":")
            _check(other, name)
            yield other, name


def _known(module: str, qualname: str, bindings: Bindings, named: frozenset[str]) -> str | None:
    """How the file can already say it: by the name itself, else through a module; `named` are other objects."""
    head, dot, rest = qualname.partition(".")
    if module == "builtins":
        return None if head in bindings.taken else qualname
    for name, meanings in bindings.objects.items():
        if f"{module}:{head}" in meanings:
            return name + dot + rest
    # An object with the name of the module hides it in the package.
    hidden = ":".join(module.rpartition(".")[::2]) in named
    reached = next(_reached(module, bindings), None) if not hidden else None
    return ".".join(filter(None, [reached, qualname])) if reached else None


def _reached(module: str, bindings: Bindings) -> Iterator[str]:
    for expression, meanings in bindings.modules.items():
        if module in meanings:
            yield expression
    for name, meanings in bindings.objects.items():
        if module in {meaning.replace(":", ".") for meaning in meanings}:
            yield name


def _imports_from(module: str, bindings: Bindings) -> bool:
    return any(meaning.partition(":")[0] == module for found in bindings.objects.values() for meaning in found)


def _new(module: str, qualname: str, bindings: Bindings) -> Iterator[_Name]:
    """The ways to import it that clash with nothing, best first; never empty."""
    head, dot, rest = qualname.partition(".")
    ways: list[_Name] = []
    if qualname and _free(head, bindings):
        ways.append(_Name(qualname, f"from {module} import {head}"))
    if _root_free(module, bindings):
        ways.append(_Name(f"{module}.{qualname}".rstrip("."), f"import {module}"))
    yield from reversed(ways) if module.partition(".")[0] in MODULE_STYLE else ways
    other = _unused(f"{module.rpartition('.')[2]}_{head}".rstrip("_"), bindings)
    if qualname:
        yield _Name(other + dot + rest, f"from {module} import {head} as {other}")
    yield _Name(other, f"import {module} as {other}")


def _free(name: str, bindings: Bindings) -> bool:
    """Whether a file may bind it: not taken, no builtin that other tests may mean, nothing pytest collects."""
    return name not in bindings.taken and name not in _BUILTINS and not name.lower().startswith("test")


def _root_free(module: str, bindings: Bindings) -> bool:
    root = module.partition(".")[0]
    return root not in bindings.taken or bindings.modules.get(root) == (root,)


def _unused(name: str, bindings: Bindings) -> str:
    while not _free(name, bindings):
        name += "_"
        if name.lower().startswith("test"):
            name = f"the_{name}"
    return name
