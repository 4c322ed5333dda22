"""The command line of the process: in a test it is pytest's, which differs from run to run."""

from __future__ import annotations

import pathlib
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from ..express import evaluate

KINDS: Mapping[str, Any] = {
    "IntParamType": int,
    "IntRange": int,
    "FloatParamType": float,
    "FloatRange": float,
    "BoolParamType": bool,
    "Path": pathlib.Path,
    "File": pathlib.Path,
}
"""The Python types of parameters, by the class name of their click type; all others are texts."""


class Words(list[str]):
    """A command line that records whether anything but the program's name was read; its words stay the same."""

    is_read = False

    def __getitem__(self, at: Any) -> Any:
        """One of the words, or several."""
        self.is_read |= at != 0
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[str]:
        """All of them."""
        self.is_read = True
        return super().__iter__()

    def __len__(self) -> int:
        """How many there are: whoever asks depends on them."""
        self.is_read = True
        return super().__len__()


class Line(typing.NamedTuple):
    """How a command is called: the template of the outermost one, and the names on the way to it."""

    root: str
    names: tuple[str, ...] = ()


def is_command(found: object) -> bool:
    """Whether an object is a command of click or of a library like it; click is not imported to tell."""
    return all(hasattr(found, name) for name in ("callback", "params", "make_context", "invoke", "main"))


def line(command: Any, module: types.ModuleType) -> Line | None:
    """How it is called: through the module's group that contains it, or by itself; None if it has no name."""
    named = [(name, value) for name, value in vars(module).items() if is_command(value) and name[:1] != "_"]
    for name, group in named:
        inner = next((word for word, sub in getattr(group, "commands", {}).items() if sub is command), None)
        if inner is not None:
            return Line(f"⟨{module.__name__}:{name}⟩", (inner,))
    public_name = next((name for name, value in named if value is command), None)
    return Line(f"⟨{module.__name__}:{public_name}⟩") if public_name else None


def parameters(command: Any, called: Line) -> list[dict[str, Any]]:
    """The parameters of the command, as `data.Parameter` with the `words` that come before the value.

    Those of the surrounding group come first: on a command line they stand before the command's name. A file that
    a group works on is always given, so that a test does not depend on where it runs.
    """
    group = evaluate(called.root) if called.names else None
    outer = [_parameter(parameter, level=0) for parameter in getattr(group, "params", ())]
    return [*outer, *(_parameter(parameter, level=1) for parameter in command.params)]


def _parameter(parameter: Any, level: int) -> dict[str, Any]:
    option = max(parameter.opts, key=len) if parameter.opts and parameter.opts[0][:1] == "-" else ""
    required = parameter.required or (level == 0 and KINDS.get(type(parameter.type).__name__) is pathlib.Path)
    return {
        "name": str(parameter.name),
        "kind": "keyword only",
        "default": None if required else "None",
        "option": option,
        "off": next(iter(getattr(parameter, "secondary_opts", ())), ""),
        "is_flag": bool(getattr(parameter, "is_flag", False)),
        "level": level,
        "type": _type(parameter),
    }


def _type(parameter: Any) -> Any:
    if getattr(parameter, "is_flag", False):
        return bool
    choices = getattr(parameter.type, "choices", None)
    if choices:
        return typing.Literal[tuple(str(choice) for choice in choices)]
    return KINDS.get(type(parameter.type).__name__, str)


def signature(described: list[dict[str, Any]]) -> types.FunctionType:
    """A function whose hints are the types of the parameters."""
    function = types.FunctionType(compile("None", "<command>", "exec"), {})
    function.__annotations__ = {parameter["name"]: parameter["type"] for parameter in described}
    return function


def text(called: Line, described: tuple[dict[str, Any], ...], arguments: Mapping[str, str]) -> str:
    """The call, as a template."""
    outer, inner = (
        [word for parameter in described if parameter["level"] == level for word in _words(parameter, arguments)]
        for level in (0, 1)
    )
    words = ", ".join([*outer, *map(repr, called.names), *inner])
    return f"⟨click.testing:CliRunner⟩().invoke({called.root}, [{words}])"


def _words(parameter: Mapping[str, Any], arguments: Mapping[str, str]) -> Iterator[str]:
    value = arguments.get(parameter["name"])
    if value is None or (parameter["is_flag"] and value == "False" and not parameter["off"]):
        return
    if parameter["is_flag"]:
        yield repr(parameter["off"] if value == "False" else parameter["option"])
        return
    if parameter["option"]:
        yield repr(parameter["option"])
    yield value if value[:1] in "'\"" else f"str({value})" if value[:1] == "⟨" else repr(value)


def is_result(result: object) -> bool:
    """Whether it is what click's runner gives."""
    kind = type(result)
    return kind.__name__ == "Result" and kind.__module__ == "click.testing"


def crashed(result: Any) -> bool:
    """Whether a command ended with an exception that it does not report to its user."""
    return result.exception is not None and not isinstance(result.exception, SystemExit)
