"""What the names at a file's top level mean."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache, reduce

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.imports.scope import Binding, bound
from pytest_enrich.imports.text import UNNAMED, parse, unreadable


class Bindings(Struct, frozen=True, kw_only=True):
    """What the names of a file's top level mean, as far as its text tells.

    Attributes:
        objects: For each name that `from module import member` binds, the `module:member` it may be; more
            than one when the import depends on a condition.
        modules: For each expression that is a module (`dt`, `shop`, `shop.cart`), the modules it may be.
        taken: Every name that is bound, imports included.
        package: What relative imports are relative to.
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
        found = bound(parse(text, path).body, package)
    except RecursionError as error:
        raise unreadable(path, text, error) from error
    return reduce(_bind, found, Bindings(package=package))


def extend(bindings: Bindings, statements: Iterable[str]) -> Bindings:
    """The bindings of the same file with `statements`, which are imports, added."""
    body: list[ast.stmt] = [node for text in statements for node in parse(text).body]
    return reduce(_bind, bound(body, bindings.package), bindings)


def reserve(bindings: Bindings, names: Iterable[str]) -> Bindings:
    """The bindings as seen where `names` are local (a test's parameters and variables)."""
    return reduce(_bind, (Binding(name=name) for name in names), bindings)


def _bind(bindings: Bindings, new: Binding) -> Bindings:
    taken = bindings.taken | {new.name}
    if new.module and new.member is not None:
        kept = _without(bindings, new.name) if new.sure else bindings
        return replace(kept, taken=taken, objects=_added(kept.objects, new.name, f"{new.module}:{new.member}"))
    if new.module:
        kept = _without(bindings, new.name) if new.sure and not _joins(bindings, new) else bindings
        return replace(kept, taken=taken, modules=_reached(kept.modules, new))
    return replace(_without(bindings, new.name) if new.sure else bindings, taken=taken)


def _joins(bindings: Bindings, new: Binding) -> bool:
    """Whether `import a.c` only adds to what `import a.b` bound before."""
    return new.alias is None and bindings.modules.get(new.name) == (new.name,)


def _reached(modules: dict[str, tuple[str, ...]], new: Binding) -> dict[str, tuple[str, ...]]:
    if new.alias:
        return _added(modules, new.alias, new.module)
    parts = new.module.split(".")
    reached = [".".join(parts[: end + 1]) for end in range(len(parts))]
    return reduce(lambda known, module: _added(known, module, module), reached, modules)


def _added(known: dict[str, tuple[str, ...]], key: str, value: str) -> dict[str, tuple[str, ...]]:
    return {**known, key: tuple(dict.fromkeys([*known.get(key, ()), value]))}


def _without(bindings: Bindings, name: str) -> Bindings:
    return replace(
        bindings,
        objects={key: value for key, value in bindings.objects.items() if key != name},
        modules={key: value for key, value in bindings.modules.items() if key.partition(".")[0] != name},
    )
