"""Objects: the other names by which they can be imported, and the calls that made them."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from inspect import Parameter
from types import CellType, CodeType, FrameType, FunctionType
from typing import Any, NamedTuple, TypeAlias

from . import express
from .project import Project

Express = Callable[[object], "str | None"]
MOST_OBJECTS = 3000
MOST_SETUP = 6


def aliases(text: str, modules: Mapping[str, object]) -> list[list[str]]:
    """Other names for what the templates in `text` name, in modules from which the same object can be imported.

    An object that hides one of these modules in its package, by having the same name, is paired with itself.
    """
    named = express.NAME.findall(text)
    shorter = {(module, qualname.partition(".")[0]) for module, qualname in named}
    pairs = [pair for module, name in sorted(shorter) for pair in _offered(module, name, modules)]
    return [
        *pairs,
        *(pair for module in sorted({module for module, _ in named}) for pair in _hiding(module, modules)),
    ]


def _offered(module: str, name: str, modules: Mapping[str, object]) -> Iterator[list[str]]:
    """Names in the packages above, and in modules beside it with `__all__` (`shop.api` for `shop._cart`)."""
    above = [module[:at] for at, char in enumerate(module) if char == "."][::-1]
    beside = (full for full in [*modules] if full.startswith(f"{module.partition('.')[0]}.") and "._" not in full)
    public = [full for full in beside if full != module and name in _exported(modules[full])]
    for other in dict.fromkeys([*above, *public]):
        if getattr(modules.get(other), name, None) is getattr(modules.get(module), name, ...):
            yield [f"{module}:{name}", f"{other}:{name}"]


def _exported(module: object) -> Collection[object]:
    names = inspect.getattr_static(module, "__all__", ())
    return names if isinstance(names, list | tuple | set) else ()


def _hiding(module: str, modules: Mapping[str, object]) -> Iterator[list[str]]:
    """The name of what a module's package has in place of the module itself."""
    package, _, name = module.rpartition(".")
    if getattr(modules.get(package), name, modules.get(module)) is not modules.get(module):
        yield [f"{package}:{name}"] * 2


class Passed(NamedTuple):
    """One argument: `name` is "" for an extra positional one; `keyword` says whether to pass it by name."""

    name: str
    value: str
    keyword: bool


Slot: TypeAlias = tuple[Parameter, Any]
"""One parameter of a function, with the value that the call passed for it."""


def passed_arguments(
    frame: FrameType, function: FunctionType | None, objects: Express, *, bound: bool
) -> list[Passed] | None:
    """All arguments except the receiver, without those that are the default; None if one has no template."""
    slots = _slots(frame, function)[1 if bound else 0 :]
    first = slots[0][0] if slots else None
    may_lead = first is not None and first.kind is Parameter.POSITIONAL_OR_KEYWORD
    arguments = []
    for name, value, keyword in _unfolded(_shown(slots)):
        template = express.express(value, objects)
        if template is None:
            return None
        arguments.append(Passed(name, template, keyword))
    things = [argument for argument in arguments if express.is_thing(argument.value)]
    if may_lead and first is not None and len(things) == 1 and things[0].name == first.name:
        arguments[0] = arguments[0]._replace(keyword=False)
    return arguments


def passed_in_part(
    frame: FrameType, function: FunctionType | None, objects: Express, *, bound: bool
) -> list[Passed]:
    """The arguments that have a name and a template."""
    slots = _slots(frame, function)[1 if bound else 0 :]
    written = ((name, express.express(value, objects)) for name, value, _ in _unfolded(_shown(slots)) if name)
    return [Passed(name, template, keyword=True) for name, template in written if template is not None]


def call_text(callee: str, arguments: list[Passed]) -> str:
    """The call as source."""
    parts = [f"{argument.name}={argument.value}" if argument.keyword else argument.value for argument in arguments]
    return f"{callee}({', '.join(parts)})"


def described(qualname: str, arguments: Iterable[Passed]) -> dict[str, Any]:
    """The call as JSON."""
    pairs = [{"name": argument.name, "value": argument.value} for argument in arguments]
    return {"qualname": qualname, "arguments": pairs}


def _slots(frame: FrameType, function: FunctionType | None) -> list[Slot]:
    code, values = frame.f_code, frame.f_locals
    if function is None:  # it cannot be found by its name, so its defaults are not known
        function = FunctionType(code, {}, closure=tuple(CellType() for _ in code.co_freevars))
    parameters = inspect.signature(function, follow_wrapped=False).parameters
    return [(parameter, values.get(name)) for name, parameter in parameters.items()]


def _shown(slots: list[Slot]) -> list[Slot]:
    """The slots without arguments that are the default, unless a later positional argument needs their place."""
    shown: list[Slot] = []
    for parameter, value in reversed(slots):
        kind = parameter.kind
        later = any(after.kind is Parameter.POSITIONAL_ONLY for after, _ in shown)
        needs_place = _has_extra(slots) and kind in {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD}
        if value is not parameter.default or needs_place or (kind is Parameter.POSITIONAL_ONLY and later):
            shown.append((parameter, value))
    return shown[::-1]


def _unfolded(slots: list[Slot]) -> Iterator[tuple[str, Any, bool]]:
    named = False
    for parameter, value in slots:
        if parameter.kind is Parameter.VAR_POSITIONAL:
            yield from (("", item, False) for item in value)
        elif parameter.kind is Parameter.VAR_KEYWORD:
            yield from ((name, item, True) for name, item in value.items())
        else:
            has_default = parameter.default is not Parameter.empty
            optional = has_default and parameter.kind is Parameter.POSITIONAL_OR_KEYWORD and not _has_extra(slots)
            named = named or optional or parameter.kind is Parameter.KEYWORD_ONLY
            yield parameter.name, value, named


def _has_extra(slots: list[Slot]) -> bool:
    """Whether there are more positional arguments than named parameters."""
    return any(parameter.kind is Parameter.VAR_POSITIONAL and value for parameter, value in slots)


def function_of(holder: Any, name: str, code: CodeType) -> tuple[FunctionType | None, object]:
    """The function under `name` that runs `code`, without decorators, and what is stored there as it is."""
    attribute = inspect.getattr_static(holder, name, None)
    inner = attribute
    for _ in range(10):
        if isinstance(inner, FunctionType) and inner.__code__ is code:
            return inner, attribute
        under = getattr(inner, "__func__", None) or getattr(inner, "fget", None)
        inner = under or getattr(inner, "__wrapped__", None)
    return None, attribute


@dataclasses.dataclass(frozen=True, eq=False)
class Made:
    """An object, kept so that its `id` is not reused, the call that made it, and the calls made on it since."""

    value: object
    template: str | None
    setup: list[dict[str, Any]] = dataclasses.field(default_factory=list)


class Objects:
    """What is known about objects; calling it with one returns its template or None, as `express` expects."""

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
        """Whether the call that made it was noted, whether or not it has a template."""
        return id(value) in self._made

    def made(self, value: object) -> Made | None:
        """What is known about an object; one of a class without `__init__` becomes known when it is met."""
        known = self._made.get(id(value))
        if known is None and self.is_plain(value) and len(self._made) < MOST_OBJECTS:
            known = self._made[id(value)] = Made(value, plain_template(value))
        return known

    def note(self, value: object, arguments: list[Passed] | None, nodeid: str) -> None:
        """Note that an object was made with these arguments (None if they have no templates)."""
        if self.knows(value) or len(self._made) >= MOST_OBJECTS:
            return
        template = None if arguments is None else call_text(_name(type(value)), arguments)
        self._made[id(value)] = Made(value, template)
        if template is not None and arguments is not None and self.project.owns(type(value)):
            self._keep(type(value), template, arguments, nodeid)

    def is_changed(self, value: object) -> bool:
        """Whether a test did something to the object after it was made."""
        known = self._made.get(id(value))
        return known is not None and known.value is value and bool(known.setup)

    def given(self, value: object, template: str, nodeid: str) -> None:
        """Note that a test got the object from this call, which says more than how the project's code made it."""
        if not self.project.owns(type(value)) or (not self.knows(value) and len(self._made) >= MOST_OBJECTS):
            return
        self._made[id(value)] = Made(value, template)
        self._keep(type(value), template, [], nodeid)

    def _keep(self, cls: type, template: str, arguments: list[Passed], nodeid: str) -> None:
        """Keep a call that makes an object of a class, unless there are enough of these."""
        of_class = self._calls.setdefault(_name(cls), {})
        if len(of_class) < self.limit:
            call = described(cls.__qualname__, arguments) | {"receiver": template, "nodeid": nodeid}
            of_class.setdefault(template, call)

    def calls(self) -> list[dict[str, Any]]:
        """The constructor calls, each once, as `Call`s with the whole template as receiver."""
        return [call for of_class in self._calls.values() for call in of_class.values()]

    def is_plain(self, value: object) -> bool:
        """Whether its class is the project's and has no constructor of its own."""
        cls = type(value)
        return self.project.owns(cls) and cls.__init__ is object.__init__ and cls.__new__ is object.__new__


def plain_template(value: object) -> str:
    """The call of its class without arguments."""
    return f"{_name(type(value))}()"


def _name(cls: type) -> str:
    return f"⟨{cls.__module__}:{cls.__qualname__}⟩"
