"""The objects of the project's classes that tests made, each with the call that made it."""

from __future__ import annotations

from typing import Any

from .arguments import Passed, call_text
from .project import Project

MOST_OBJECTS = 3000
MOST_SETUP = 6


class Made:
    """One object, kept alive so that its `id` stays its own."""

    def __init__(self, value: object, template: str | None) -> None:
        self.value = value
        self.template = template
        self.setup: list[dict[str, Any]] = []


class Objects:
    """What is known of objects; calling it with one answers its template or None, as `express` wants."""

    def __init__(self, project: Project, limit: int) -> None:
        self.project = project
        self.limit = limit
        self._made: dict[int, Made] = {}
        self._calls: dict[str, dict[str, dict[str, Any]]] = {}

    def __call__(self, value: object) -> str | None:
        """The template of the call that made `value`."""
        known = self._made.get(id(value))
        if known is not None and known.value is value:
            return known.template
        return plain_template(value) if self.is_plain(value) and not getattr(value, "__dict__", None) else None

    def knows(self, value: object) -> bool:
        """Whether the call that made it was noted, with or without success."""
        return id(value) in self._made

    def made(self, value: object) -> Made | None:
        """What is known of an object; one of a class without `__init__` is known when it is met."""
        known = self._made.get(id(value))
        if known is None and self.is_plain(value) and len(self._made) < MOST_OBJECTS:
            known = self._made[id(value)] = Made(value, plain_template(value))
        return known

    def note(self, value: object, arguments: list[Passed] | None, nodeid: str) -> None:
        """An object was made with these arguments (None: they have no templates)."""
        if self.knows(value) or len(self._made) >= MOST_OBJECTS:
            return
        cls = type(value)
        template = None if arguments is None else call_text(_name(cls), arguments)
        self._made[id(value)] = Made(value, template)
        if template is not None and arguments is not None:
            shown = [{"name": part.name, "value": part.value} for part in arguments]
            call = {"qualname": cls.__qualname__, "arguments": shown, "receiver": template, "nodeid": nodeid}
            of_class = self._calls.setdefault(_name(cls), {})
            if len(of_class) < self.limit:
                of_class.setdefault(template, call)

    def calls(self) -> list[dict[str, Any]]:
        """The constructor calls, each once, as `Call`s with the whole template for a receiver."""
        return [call for of_class in self._calls.values() for call in of_class.values()]

    def is_plain(self, value: object) -> bool:
        """Whether its class is the project's and is called without arguments."""
        cls = type(value)
        return self.project.owns(cls) and cls.__init__ is object.__init__ and cls.__new__ is object.__new__


def plain_template(value: object) -> str:
    """The call without arguments."""
    return f"{_name(type(value))}()"


def _name(cls: type) -> str:
    return f"⟨{cls.__module__}:{cls.__qualname__}⟩"
