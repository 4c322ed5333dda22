"""What the names at a file's top level mean, and what that implies for code moved into or out of the file.

`resolve` writes templates as the file would, and says what the file must import for them. Values come from
processes that ran untrusted code, so names are checked before use. `needs` says what a piece of the file needs
from the rest of it in order to run elsewhere.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from keyword import iskeyword

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Template
from pytest_enrich.imports.text import UNNAMED, Binding, bound, free, parse, statement, unreadable

_NAME = re.compile(r"⟨([^⟨⟩:]*):([^⟨⟩]*)⟩")
_BUILTINS = frozenset(dir(builtins))

# For these, people import the module and write `math.sqrt`; for all others, they import the name.
MODULE_STYLE = frozenset(
    """
    asyncio bisect copy csv heapq html io itertools json logging math operator os pickle pprint pytest random re
    shutil signal socket sqlite3 statistics string struct subprocess sys tempfile textwrap threading time unittest
    warnings zlib
    """.split()  # noqa: SIM905 - a list of these as literals would take a page
)


class Bindings(Struct, frozen=True, kw_only=True):
    """What the names of a file's top level mean, as far as its text tells.

    Attributes:
        objects: For each name that `from module import member` binds, the `module:member` it may be; more
            than one when the import depends on a condition.
        modules: For each expression that is a module (`dt`, `shop`, `shop.cart`), the modules it may be.
        taken: Every name that is bound, imports included.
        package: The package that relative imports are relative to.
    """

    objects: dict[str, tuple[str, ...]] = {}
    modules: dict[str, tuple[str, ...]] = {}
    taken: frozenset[str] = frozenset()
    package: str = ""


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def read(text: str, package: str = "", *, path: str = UNNAMED) -> Bindings:
    """The bindings of a file's `text`, which is "" for a new file.

    `package` is the dotted package of the file (`tests.unit`), for its relative imports.

    Raises:
        RefusedError: The text is not Python; `path` names the file in the message.
    """
    try:
        added = bound(parse(text, path).body, package)
    except RecursionError as error:
        raise unreadable(path, text, error) from error
    return _with(Bindings(package=package), added)


def extend(bindings: Bindings, statements: Iterable[str]) -> Bindings:
    """The bindings of the same file with `statements`, which are imports, added."""
    body: list[ast.stmt] = [node for text in statements for node in parse(text).body]
    return _with(bindings, bound(body, bindings.package))


def reserve(bindings: Bindings, names: Iterable[str]) -> Bindings:
    """The bindings as seen where `names` are local (a test's parameters and variables)."""
    return _with(bindings, (Binding(name=name) for name in names))


class Resolved(Struct, frozen=True, kw_only=True):
    """Templates as `codes` for a file, in their order, the `imports` it lacks, and its `bindings` with them."""

    codes: tuple[str, ...]
    imports: tuple[str, ...]
    bindings: Bindings


def resolve(
    templates: Iterable[Template], bindings: Bindings, aliases: Sequence[tuple[str, str]] = ()
) -> Resolved:
    """Write `templates` as the file with `bindings` would; they agree on all names, and import each only once.

    `aliases` are pairs of a function's own ``module:qualname`` and a shorter one for the same object.

    Raises:
        ValueError: A name in a template cannot be imported (``shop:f.<locals>.C``).
    """
    imports: list[str] = []

    def written(match: re.Match[str]) -> str:
        nonlocal bindings
        expression, *needed = _written(match[1], match[2], bindings, aliases)
        imports.extend(needed)
        bindings = extend(bindings, needed)
        return expression

    codes = tuple([_NAME.sub(written, template) for template in templates])
    return Resolved(codes=codes, imports=tuple(imports), bindings=bindings)


class Needed(Struct, frozen=True, kw_only=True):
    """The import statements needed, and the names that no import provides (helpers of the file, star imports)."""

    imports: tuple[str, ...]
    missing: tuple[str, ...]


def needs(code: str, bindings: Bindings) -> Needed:
    """What `code`, whole statements written for a file with `bindings`, needs; nothing if it is not Python."""
    imports: list[str] = []
    missing: list[str] = []
    for name in sorted(_looked_up_outside(code)):
        statements = list(_statements(name, bindings))
        usable = statements and not any(" ." in statement for statement in statements)
        if usable:
            imports += statements
        elif name in bindings.taken or not hasattr(builtins, name):
            missing.append(name)
    return Needed(imports=tuple(imports), missing=tuple(missing))


def _with(bindings: Bindings, found: Iterable[Binding]) -> Bindings:
    """The bindings after adding those found, in their order."""
    objects, modules, taken = {**bindings.objects}, {**bindings.modules}, {*bindings.taken}
    for new in found:
        taken.add(new.name)
        is_object, is_module = new.member is not None, bool(new.module) and new.member is None
        # `import a.c` only adds to what `import a.b` bound before.
        joins = is_module and not new.alias and modules.get(new.name) == (new.name,)
        if new.sure and not joins:
            objects.pop(new.name, None)
            modules = {key: value for key, value in modules.items() if key.partition(".")[0] != new.name}
        if is_object:
            _add(objects, new.name, f"{new.module}:{new.member}")
        elif new.alias:
            _add(modules, new.alias, new.module)
        elif is_module:
            for reached in accumulate(new.module.split("."), "{}.{}".format):
                _add(modules, reached, reached)
    return replace(bindings, objects=objects, modules=modules, taken=frozenset(taken))


def _add(known: dict[str, tuple[str, ...]], key: str, value: str) -> None:
    known[key] = tuple(dict.fromkeys([*known.get(key, ()), value]))


def _written(
    module: str, qualname: str, bindings: Bindings, aliases: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    """How a name is written, and the import statement that it needs, if any."""
    _check(module, qualname)
    spellings = [(module, qualname), *_spelled(module, qualname, aliases)]
    named = frozenset(shorter for _, shorter in aliases)
    for spelling in spellings:
        expression = _known(*spelling, bindings, named)
        if expression:
            return (expression,)
    chosen = min(spellings, key=lambda spelling: (not _imports_from(spelling[0], bindings), len(spelling[0])))
    return _new(*chosen, bindings)


def _check(module: str, qualname: str) -> None:
    parts = [*module.split("."), *(qualname.split(".") if qualname else [])]
    if not all(part.isidentifier() and not iskeyword(part) for part in parts):
        raise ValueError(f"no name that can be imported: {module!r}, {qualname!r}")


def _spelled(module: str, qualname: str, aliases: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    target = f"{module}:{qualname}"
    for own, shorter in aliases:
        if target == own or target.startswith(f"{own}."):
            shorter_module, _, name = (shorter + target[len(own) :]).partition(":")
            _check(shorter_module, name)
            yield shorter_module, name


def _known(module: str, qualname: str, bindings: Bindings, named: frozenset[str]) -> str | None:
    """How the file can already write it: by the name itself, else through a module; `named` are other objects."""
    head, dot, rest = qualname.partition(".")
    if module == "builtins":
        return None if head in bindings.taken else qualname
    for name, meanings in bindings.objects.items():
        if f"{module}:{head}" in meanings:
            return name + dot + rest
    # An object with the name of the module hides the module in its package.
    hidden = ":".join(module.rpartition(".")[::2]) in named
    reached = next(_reaching(module, bindings), None) if not hidden else None
    return ".".join(filter(None, [reached, qualname])) if reached else None


def _reaching(module: str, bindings: Bindings) -> Iterator[str]:
    for expression, meanings in bindings.modules.items():
        if module in meanings:
            yield expression
    for name, meanings in bindings.objects.items():
        if module in {meaning.replace(":", ".") for meaning in meanings}:
            yield name


def _imports_from(module: str, bindings: Bindings) -> bool:
    return any(
        meaning.partition(":")[0] == module for meanings in bindings.objects.values() for meaning in meanings
    )


def _new(module: str, qualname: str, bindings: Bindings) -> tuple[str, str]:
    """How to write a name that the file does not have yet, and the import for it, which clashes with nothing."""
    head, dot, rest = qualname.partition(".")
    ways: list[tuple[str, str]] = []
    if qualname and _is_free(head, bindings):
        ways.append((qualname, f"from {module} import {head}"))
    if _is_root_free(module, bindings):
        ways.append((f"{module}.{qualname}".rstrip("."), f"import {module}"))
    if ways:
        return ways[-1] if module.partition(".")[0] in MODULE_STYLE else ways[0]
    alias = f"{module.rpartition('.')[2]}_{head}".rstrip("_")
    alias = f"the_{alias}" if alias.lower().startswith("test") else alias
    alias = free([alias], bindings.taken | _BUILTINS)
    imported = f"from {module} import {head}" if qualname else f"import {module}"
    return alias + dot + rest, f"{imported} as {alias}"


def _is_free(name: str, bindings: Bindings) -> bool:
    """Whether a file may bind the name: not taken, no builtin that tests may use, not collected by pytest."""
    return name not in bindings.taken and name not in _BUILTINS and not name.lower().startswith("test")


def _is_root_free(module: str, bindings: Bindings) -> bool:
    root = module.partition(".")[0]
    return root not in bindings.taken or bindings.modules.get(root) == (root,)


def _looked_up_outside(code: str) -> set[str]:
    """The names that `code` looks up outside itself."""
    try:
        top = symtable.symtable(code, "<test>", "exec")
    except SyntaxError:  # also what only the compiler rejects, such as a `nonlocal` without a binding
        return set()
    defined = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return {name for table in _tables(top) for name in _looked_up(table)} - defined


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _looked_up(table: symtable.SymbolTable) -> Iterable[str]:
    top = table.get_type() == "module"
    referenced = (symbol for symbol in table.get_symbols() if symbol.is_referenced())
    return (symbol.get_name() for symbol in referenced if top or symbol.is_global())


def _statements(name: str, bindings: Bindings) -> Iterator[str]:
    if len(bindings.objects.get(name, ())) > 1:
        return  # which one it is depends on a condition in the file
    for meaning in bindings.objects.get(name, ()):
        module, _, member = meaning.partition(":")
        yield statement(module, member, name)
    for expression, modules in bindings.modules.items():
        inner = any(longer.startswith(f"{expression}.") for longer in bindings.modules)
        if expression.partition(".")[0] == name and len(modules) == 1 and not inner:
            yield statement(modules[0], "", expression)
