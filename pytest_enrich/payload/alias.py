"""Shorter names of objects: a package that offers what a module in it defines."""

from __future__ import annotations

from collections.abc import Mapping

from . import express


def aliases(text: str, modules: Mapping[str, object]) -> list[list[str]]:
    """Shorter names of what templates in `text` name: packages above its module that offer the same object.

    And of the object with the name of its module, which hides the module in the package.
    """
    names = {(module, qualname.partition(".")[0]) for module, qualname in express.NAME.findall(text)}
    names |= {(module, module.rpartition(".")[2]) for module, _ in names}
    found = []
    for module, name in sorted(names):
        package = module
        while "." in package:
            package = package.rpartition(".")[0]
            if getattr(modules.get(package), name, None) is getattr(modules.get(module), name, ...):
                found.append([f"{module}:{name}", f"{package}:{name}"])
    return found
