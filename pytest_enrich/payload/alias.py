"""Shorter names of objects: a package that offers what a module in it defines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from . import express


def aliases(text: str, modules: Mapping[str, object]) -> list[list[str]]:
    """Shorter names of what templates in `text` name: packages above its module that offer the same object.

    What hides one of these modules in its package, an object of the same name, is paired with itself.
    """
    named = express.NAME.findall(text)
    shorter = {(module, qualname.partition(".")[0]) for module, qualname in named}
    found = [pair for module, name in sorted(shorter) for pair in _offered(module, name, modules)]
    return [*found, *(pair for module in sorted({one for one, _ in named}) for pair in _hiding(module, modules))]


def _offered(module: str, name: str, modules: Mapping[str, object]) -> Iterator[list[str]]:
    package = module
    while "." in package:
        package = package.rpartition(".")[0]
        if getattr(modules.get(package), name, None) is getattr(modules.get(module), name, ...):
            yield [f"{module}:{name}", f"{package}:{name}"]


def _hiding(module: str, modules: Mapping[str, object]) -> Iterator[list[str]]:
    """The name of what its package has in the place of the module itself."""
    package, _, name = module.rpartition(".")
    if getattr(modules.get(package), name, modules.get(module)) is not modules.get(module):
        yield [f"{package}:{name}"] * 2
