"""Which exceptions callers may rely on: all others are accidents, and testing for one would preserve a mistake."""

from __future__ import annotations

import errno
import linecache
import re
import traceback
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from ..express import named, spoken, steady

AGAIN = re.compile(r"raise\s*(#.*)?")
HANDED_BACK = re.compile(r"return NotImplemented\b.*")
"""Leaves an operator to the other operand: if that does not support it either, Python raises TypeError."""
MACHINE = re.compile(r"\bif\b.*\b(sys\.version_info|sys\.platform|os\.name|platform\.\w+\()")
"""A condition that another Python version or another system decides differently."""
MISTAKES = (AttributeError, NameError)
"""Code that cleans up and re-raises anything does not mean these: an object lacks what the real one has."""
NOT_MEANT = {AssertionError, NotImplementedError, RecursionError, MemoryError}
"""Exceptions that say that a mistake was made; a class that a project derives from one of them is meant."""
MAY_BE_MEANT = {"AssertionError", "NotImplementedError"}
CONTRACT = re.compile(r"raise\b|(return )?(sys\.)?exit\(")
RAISED = re.compile(r"raise\s+(?:\w+\.)*([A-Z]\w*)")
"""A statement that names the class of the exception it raises."""
WARNING = re.compile(r"(?:^|[^\w.]|\b(?:self|cls|_?warnings)\.)\w*(?:warn|deprecat)\w*\(", re.IGNORECASE)
"""A statement that warns, other than by a logger."""
SWITCHED = re.compile(r"\.setattr\('[\w.]+', (?:True|False)\)")
"""How a program switches what a module found when it was imported."""
UNINSTALLED = re.compile(r"\bnot installed\b|\bpip install\b", re.IGNORECASE)
"""What messages say about packages that are missing."""
NO_FILE = {errno.EBADF, errno.ENOTTY}
"""The numbers of system errors that are about a descriptor: it is not open, or no terminal."""
STANDARD = f"{Path(linecache.__file__).parent}/"
"""The folder of the standard library."""
OWN = "<enrich>"
"""The file name of our programs: warnings that are meant for the caller name it."""


def is_contract(
    error: BaseException, root: str, lines: Iterable[str], expected: frozenset[str] = frozenset()
) -> bool:
    """Whether the project raises it with a statement of its own, on any machine, or documents it.

    Args:
        error: As it was caught, with its traceback.
        root: The folder of the project.
        lines: The texts of the lines of the watched file that the call reached.
        expected: Names of the exceptions that tests expect: an AssertionError is meant only if it is among them.
    """
    if type(error) in NOT_MEANT and type(error).__name__ not in expected & MAY_BE_MEANT:
        return False
    codes = (frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__))
    return _is_stated(error, root, lines) or any(_documents(code, error, root) for code in codes)


def _is_stated(error: BaseException, root: str, lines: Iterable[str]) -> bool:
    """Whether a statement of the project raised it, or the call reached one that re-raises what it caught.

    A bare `raise`, too, is there because somebody thought of the exception.
    """
    if is_handed_back(error, lines):
        return True
    frames = traceback.extract_tb(error.__traceback__)
    if not frames or not is_ours(frames[-1].filename, root) or MACHINE.search(_condition(frames[-1])):
        return False
    # An `assert` of several lines fails in one of its indented lines.
    above = [_condition(frames[-1])] if type(error) is AssertionError else []
    if any(raises(line, error) for line in (_line(frames[-1]), *above)):
        return True
    return not isinstance(error, MISTAKES) and any(AGAIN.fullmatch(line) for line in lines)


def is_handed_back(error: BaseException | None, lines: Iterable[str]) -> bool:
    """Whether Python raised TypeError after the operator with these lines returned `NotImplemented`."""
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, TypeError) else []
    return bool(frames) and frames[-1].filename == OWN and any(map(HANDED_BACK.fullmatch, lines))


def not_installed(error: BaseException | None, text: str) -> bool:
    """Whether it says that a module is missing that the call does not name: elsewhere it may be installed.

    What the test itself sets comes out the same anywhere.
    """
    if error is None or SWITCHED.search(text):
        return False
    is_import = not {type(error), type(error.__context__)}.isdisjoint({ImportError, ModuleNotFoundError})
    if not is_import and not UNINSTALLED.search(spoken(error)):
        return False
    named = re.findall(r"'([^']+)'", text)
    return not any(re.search(rf"\b{re.escape(name)}\b", spoken(error)) for name in named)


def by_descriptor(error: BaseException | None) -> bool:
    """Whether it says what a number stands for as an open file: in another process it may be another, or none.

    A test that expects it hangs where that number is a terminal.
    """
    errors = (error, error.__context__) if error is not None else ()
    # The exception of `termios` is no OSError, and has the number only as its first argument.
    first = (one.args[0] for one in errors if one is not None and one.args)
    return any(type(code) is int and code in NO_FILE for code in first)


def is_worded(error: BaseException) -> bool:
    """Whether its message was written by somebody, or is a key; Python's own differ from version to version.

    So does a message that only passes on what the interpreter said.
    """
    caught = error.__context__
    is_passed_on = caught is not None and bool(message := spoken(caught)) and message in spoken(error)
    return _is_written(error) and (not is_passed_on or caught is None or _is_written(caught))


def _is_written(error: BaseException) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    is_stated = bool(frames) and not frames[-1].filename.startswith(STANDARD) and raises(_line(frames[-1]), error)
    return is_stated or isinstance(error, KeyError)


def raises(line: str, error: BaseException) -> bool:
    """Whether a line is there to raise this exception, not another that it failed to create."""
    if type(error) is AssertionError and line.startswith("assert "):
        return True
    if not CONTRACT.match(line):
        return False
    named = RAISED.match(line)
    kinds = {cls.__name__ for cls in type(error).__mro__}
    return named is None or named[1] in kinds or type(error).__module__ != "builtins"


def is_ours(filename: str, root: str) -> bool:
    """Whether a file belongs to the project, and is not merely installed in its folder."""
    return filename.startswith(root) and "site-packages" not in filename


def _line(frame: traceback.FrameSummary) -> str:
    return linecache.getline(frame.filename, frame.lineno or 0).strip()


def _condition(frame: traceback.FrameSummary) -> str:
    """The nearest line above that is indented less, such as the condition of the statement."""
    above = linecache.getlines(frame.filename)[: frame.lineno or 0]
    inner = indentation(above[-1]) if above else 0
    return next((line for line in reversed(above) if line.strip() and indentation(line) < inner), "")


def indentation(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip())


def _documents(code: CodeType, error: BaseException, root: str) -> bool:
    text = code.co_consts[0] if code.co_consts and isinstance(code.co_consts[0], str) else ""
    name = type(error).__name__
    return is_ours(code.co_filename, root) and bool(re.search(rf"(?i)rais\w+[\s\S]*\b{name}\b", text))


class Warned(NamedTuple):
    """A warning: the template of its class, and the part of its message that is the same in every run."""

    category: str
    message: str


def warnings_of(caught: Sequence[warnings.WarningMessage], root: str) -> tuple[Warned, ...]:
    """The warnings that the project issued, or that are about our call; only those whose class is public."""
    ours = (warning for warning in caught if warning.filename == OWN or is_ours(warning.filename, root))
    relevant = (warning for warning in ours if warning.filename == OWN or not _is_of_others(warning))
    pairs = ((named(warning.category), spoken(warning.message)) for warning in relevant)
    return tuple(Warned(name, steady(text)) for name, text in pairs if name is not None)


def _is_of_others(warning: warnings.WarningMessage) -> bool:
    """Whether it says that something the project calls is deprecated: a test of that fails once this is fixed."""
    is_deprecation = issubclass(warning.category, DeprecationWarning | PendingDeprecationWarning)
    return is_deprecation and not warns(linecache.getline(warning.filename, warning.lineno))


def is_forgotten(caught: Sequence[warnings.WarningMessage]) -> bool:
    """Whether a coroutine was made and never awaited: nobody calls it like that."""
    return any("was never awaited" in spoken(warning.message) for warning in caught)


def warns(line: str) -> bool:
    """Whether a line is there to warn."""
    return WARNING.search(line) is not None
