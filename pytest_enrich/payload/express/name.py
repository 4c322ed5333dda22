"""Names to be imported, and the source that they stand for here."""

from __future__ import annotations

import re
import sys

NAME = re.compile(r"⟨([\w.]+):([\w.]+)⟩")


def named(value: object) -> str | None:
    """The template of a class or function that can be imported by name, or None."""
    module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(qualname, str) or "<" in qualname or _is_test(module):
        return None
    if any(part.startswith("_") for part in qualname.split(".")):
        return None  # a test that imports a private name ties it down
    for candidate in (module.removeprefix("_"), module):
        if find(candidate, qualname) is value:
            return f"⟨{candidate}:{qualname}⟩"
    return None


def _is_test(module: str) -> bool:
    """Names from tests do not exist where another test is: they are left to templates of that file."""
    last = module.rpartition(".")[2]
    return last in {"__main__", "conftest"} or last.startswith("test_") or last.endswith("_test")


def find(module: str, qualname: str) -> object:
    """What is known by that name in a module that is imported already; None for nothing."""
    found: object = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


def compilable(template: str) -> tuple[str, dict[str, object]]:
    """Plain Python source for `template`, and the namespace it runs in.

    Raises:
        LookupError: A name in it does not exist here.
    """
    namespace: dict[str, object] = {}

    def bind(match: re.Match[str]) -> str:
        name = f"_{match[1].replace('.', '_')}__{match[2].replace('.', '_')}"
        if name not in namespace:
            __import__(match[1])
            if (found := find(match[1], match[2])) is None:
                raise LookupError(match[0])
            namespace[name] = found
        return name

    return NAME.sub(bind, template), namespace


def evaluate(template: str) -> object:
    """What the template stands for, made anew."""
    source, namespace = compilable(template)
    return eval(source, namespace)
