"""Which exceptions callers may rely on: the others are accidents, and a test of one would keep a mistake alive."""

from __future__ import annotations

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
"""What leaves an operand to the other side: where that does not know it either, Python refuses it."""
MACHINE = re.compile(r"\bif\b.*\b(sys\.version_info|sys\.platform|os\.name|platform\.\w+\()")
"""Another Python, or another system, goes another way."""
MISTAKES = (AttributeError, NameError)
"""What cleans up and lets go on whatever comes does not mean these: an object lacks what the real one has."""
NOT_MEANT = {AssertionError, NotImplementedError, RecursionError, MemoryError}
"""What says that a mistake was made; what a project derives from one of these says what it means."""
MAY_BE_MEANT = {"AssertionError", "NotImplementedError"}
CONTRACT = re.compile(r"raise\b|(return )?(sys\.)?exit\(")
RAISED = re.compile(r"raise\s+(?:\w+\.)*([A-Z]\w*)")
"""A statement that names the class of what it raises."""
WARNING = re.compile(r"(?:^|[^\w.]|\b(?:self|cls|_?warnings)\.)\w*(?:warn|deprecat)\w*\(", re.IGNORECASE)
"""A statement that warns, and not one of a logger."""
STANDARD = f"{Path(linecache.__file__).parent}/"
"""The folder of the standard library."""
OWN = "<enrich>"
"""The file of our programs: what tells callers of something names it."""


def is_contract(
    error: BaseException, root: str, lines: Iterable[str], expected: frozenset[str] = frozenset()
) -> bool:
    """Whether the project raises it by a statement of its own, on any machine, or documents it.

    Args:
        error: As it was caught, with its traceback.
        root: The folder of the project.
        lines: The texts of the lines that the call came to, of the watched file.
        expected: Names of the exceptions that tests expect: where these do, a project means an `assert`.
    """
    if type(error) in NOT_MEANT and type(error).__name__ not in expected & MAY_BE_MEANT:
        return False
    codes = (frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__))
    return _is_stated(error, root, lines) or any(_documents(code, error, root) for code in codes)


def _is_stated(error: BaseException, root: str, lines: Iterable[str]) -> bool:
    """Whether a statement of the project raised it, or the call came to one that lets go on what it caught.

    Of that one, too, somebody thought.
    """
    if is_handed_back(error, lines):
        return True
    frames = traceback.extract_tb(error.__traceback__)
    if not frames or not is_ours(frames[-1].filename, root) or MACHINE.search(_condition(frames[-1])):
        return False
    # An `assert` of several lines fails in one of those that are indented more.
    above = [_condition(frames[-1])] if type(error) is AssertionError else []
    if any(raises(line, error) for line in (_line(frames[-1]), *above)):
        return True
    return not isinstance(error, MISTAKES) and any(AGAIN.fullmatch(line) for line in lines)


def is_handed_back(error: BaseException | None, lines: Iterable[str]) -> bool:
    """Whether Python refused an operand that an operator, of which these are lines, left to the other side."""
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, TypeError) else []
    return bool(frames) and frames[-1].filename == OWN and any(map(HANDED_BACK.fullmatch, lines))


def not_installed(error: BaseException | None, text: str) -> bool:
    """Whether it says that something is missing which the text of the call does not name: elsewhere it is not."""
    if type(error) not in {ImportError, ModuleNotFoundError}:
        return False
    named = re.findall(r"'([^']+)'", text)
    return not any(re.search(rf"\b{re.escape(one)}\b", spoken(error)) for one in named)


def is_worded(error: BaseException) -> bool:
    """Whether its message is one that somebody wrote, or a key; Python's differ by its version.

    So does one that only passes on what the interpreter said.
    """
    caught = error.__context__
    is_passed_on = caught is not None and bool(said := spoken(caught)) and said in spoken(error)
    return _is_written(error) and (not is_passed_on or caught is None or _is_written(caught))


def _is_written(error: BaseException) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    is_stated = bool(frames) and not frames[-1].filename.startswith(STANDARD) and raises(_line(frames[-1]), error)
    return is_stated or isinstance(error, KeyError)


def raises(line: str, error: BaseException) -> bool:
    """Whether a line is there to raise the exception, and not to raise another one that it could not make."""
    if type(error) is AssertionError and line.startswith("assert "):
        return True
    if not CONTRACT.match(line):
        return False
    named = RAISED.match(line)
    kinds = {one.__name__ for one in type(error).__mro__}
    return named is None or named[1] in kinds or type(error).__module__ != "builtins"


def is_ours(filename: str, root: str) -> bool:
    """Whether a file is of the project, and nothing that is installed in its folder."""
    return filename.startswith(root) and "site-packages" not in filename


def _line(frame: traceback.FrameSummary) -> str:
    return linecache.getline(frame.filename, frame.lineno or 0).strip()


def _condition(frame: traceback.FrameSummary) -> str:
    """The line above that is indented less: what the statement is said under."""
    above = linecache.getlines(frame.filename)[: frame.lineno or 0]
    inner = indentation(above[-1]) if above else 0
    return next((line for line in reversed(above) if line.strip() and indentation(line) < inner), "")


def indentation(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip())


def _documents(code: CodeType, error: BaseException, root: str) -> bool:
    text = code.co_consts[0] if code.co_consts and isinstance(code.co_consts[0], str) else ""
    name = type(error).__name__
    return is_ours(code.co_filename, root) and bool(re.search(rf"(?i)rais\w+[\s\S]*\b{name}\b", text))


class Warned(NamedTuple):
    """A warning: the template of its class, and what it says, as far as that is the same in every run."""

    category: str
    message: str


def warnings_of(caught: Sequence[warnings.WarningMessage], root: str) -> tuple[Warned, ...]:
    """The warnings that the project gave, or that are about our call; none of a class that has no public name."""
    ours = (one for one in caught if one.filename == OWN or is_ours(one.filename, root))
    own = (one for one in ours if one.filename == OWN or not _is_of_others(one))
    pairs = ((named(one.category), spoken(one.message)) for one in own)
    return tuple(Warned(name, steady(text)) for name, text in pairs if name is not None)


def _is_of_others(warning: warnings.WarningMessage) -> bool:
    """Whether it says that what the project calls is deprecated: a test of that fails when it is mended."""
    is_deprecation = issubclass(warning.category, DeprecationWarning | PendingDeprecationWarning)
    return is_deprecation and not warns(linecache.getline(warning.filename, warning.lineno))


def is_forgotten(caught: Sequence[warnings.WarningMessage]) -> bool:
    """Whether a coroutine was made and never awaited: then nothing was done that somebody would do."""
    return any("was never awaited" in spoken(one.message) for one in caught)


def warns(line: str) -> bool:
    """Whether a line is there to warn."""
    return WARNING.search(line) is not None
