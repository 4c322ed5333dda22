"""Make one call and say what came of it: the branches taken, and whether a caller could rely on it."""

from __future__ import annotations

import asyncio
import collections.abc
import contextlib
import dataclasses
import inspect
import io
import itertools
import linecache
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FrameType
from typing import Any

from .. import express, guard
from . import command, files
from .calls import Call, Program, program
from .entry import Entry
from .trace import Branch, TooLongError, Tracer

CALL_SECONDS = 0.5
LONGEST_RESULT = 50
AGAIN = re.compile(r"raise\s*(#.*)?")
CONTRACT = re.compile(r"raise\b|(return )?(sys\.)?exit\(")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a call did.

    Attributes:
        branches: Taken in the watched file.
        result: What it gave, consumed; None when it raised.
        raised: What it raised.
        refusal: Why no test should be made of it, "" if one may.
        consume: How the result was consumed.
        namespace: The variables of the program afterwards.
    """

    branches: frozenset[Branch] = frozenset()
    result: Any = None
    raised: BaseException | None = None
    refusal: str = ""
    consume: str = ""
    namespace: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Runner:
    """Runs programs.

    Args:
        tracer: Sees the branches, and ends a call that takes too many steps.
        entries: By qualname.
        root: The project: exceptions raised by its own `raise` statements are contracts.
        seconds: When a call is ended that takes none of the steps that the tracer sees.
    """

    def __init__(
        self, tracer: Tracer, entries: Mapping[str, Entry], root: str, seconds: float = CALL_SECONDS
    ) -> None:
        self._seconds = seconds
        self._tracer = tracer
        self._entries = entries
        self._root = root
        self._compiled: dict[tuple[str, str], CodeType] = {}
        self._names: dict[str, object] = {}

    def call(self, call: Call) -> Outcome:
        """Run the program that makes `call`."""
        return self.run(self.program(call))

    def program(self, call: Call) -> Program:
        """The program that makes `call`."""
        return program(call, self._entries)

    def run(self, wanted: Program) -> Outcome:
        """Run a program; whatever it does is an `Outcome`."""
        try:
            scene = [self._code(line, "exec") for line in wanted.lines]
            action = self._code(wanted.action, "eval" if wanted.expression else "exec")
            folder = {files.FOLDER: files.empty_folder()} if files.FOLDER in wanted.text else {}
        except (SyntaxError, LookupError, ImportError, ValueError, MemoryError, OSError):
            return Outcome(refusal="not a program")
        namespace = {**self._names, **folder}
        denials = guard.denials()
        try:
            with quiet(), time_limit(self._seconds):
                outcome = self._perform(scene, action, namespace)
        except TooLongError:  # it came just after the call had ended
            return Outcome(refusal="too long")
        finally:
            self._tracer.stop()
        if guard.denials() > denials:
            return dataclasses.replace(outcome, refusal="side effect")
        return outcome

    def unwatched(self, wanted: Program) -> Callable[[Mapping[str, object]], object]:
        """What runs a program with values for names that it leaves open, while nobody looks which way it goes."""
        scene = [self._code(line, "exec") for line in wanted.lines]
        action = self._code(wanted.action, "eval" if wanted.expression else "exec")

        def perform(given: Mapping[str, object]) -> object:
            namespace = {**self._names, **given}
            for line in scene:
                exec(line, namespace)
            return eval(action, namespace)

        return perform

    def _perform(self, scene: list[CodeType], action: CodeType, namespace: dict[str, object]) -> Outcome:
        # What sets the scene runs code of the file as well: a test of the call covers that, too.
        self._tracer.start()
        try:
            for line in scene:
                exec(line, namespace)
        except (Exception, SystemExit, TooLongError):
            return Outcome(refusal="no such object")
        consume = ""
        try:
            result = eval(action, namespace)
            if command.is_result(result) and command.crashed(result):
                return Outcome(frozenset(self._tracer.branches), refusal="accident")
            consume = consumption(result)
            result = consumed(result, consume)
        except TooLongError:
            return Outcome(frozenset(self._tracer.branches), refusal="too long")
        except (Exception, SystemExit) as error:
            self._tracer.stop()
            refusal = self._refusal(error)
            return Outcome(frozenset(self._tracer.branches), None, error, refusal, consume, namespace)
        finally:
            self._tracer.stop()
        return Outcome(frozenset(self._tracer.branches), result, None, "", consume, namespace)

    def _code(self, template: str, mode: str) -> CodeType:
        key = (template, mode)
        if key not in self._compiled:
            source, names = express.compilable(template)
            self._names.update(names)
            self._compiled[key] = compile(source, "<enrich>", mode)
        return self._compiled[key]

    def _refusal(self, error: BaseException) -> str:
        """An exception is a contract when the project raises it by a statement of its own, or documents it."""
        frames = traceback.extract_tb(error.__traceback__)
        last = frames[-1] if frames else None
        if isinstance(error, AssertionError | NotImplementedError | RecursionError | MemoryError):
            return "accident"
        if (
            last is not None
            and self._is_ours(last.filename)
            and (CONTRACT.match(_line(last)) or self._raises_again())
        ):
            return ""
        documented = any(self._documents(frame, error) for frame in inspect_frames(error))
        return "" if documented else "accident"

    def _raises_again(self) -> bool:
        """Whether the call came to a statement that lets an exception it caught go on: somebody thought of it."""
        return any(AGAIN.fullmatch(self._tracer.line(to)) for _, to in self._tracer.branches)

    def _is_ours(self, filename: str) -> bool:
        return filename.startswith(self._root) and "site-packages" not in filename

    def _documents(self, code: CodeType, error: BaseException) -> bool:
        text = code.co_consts[0] if code.co_consts and isinstance(code.co_consts[0], str) else ""
        name = type(error).__name__
        return self._is_ours(code.co_filename) and bool(re.search(rf"(?i)rais\w+[\s\S]*\b{name}\b", text))


def _line(frame: traceback.FrameSummary) -> str:
    return linecache.getline(frame.filename, frame.lineno or 0).strip()


def inspect_frames(error: BaseException) -> Iterator[CodeType]:
    """The code objects that the exception went through, outermost first."""
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code
        trace = trace.tb_next


def consumption(result: Any) -> str:
    """How a result must be taken before there is anything to look at: as in `data.Finding.consume`."""
    if inspect.isawaitable(result):
        return "await"
    if isinstance(result, collections.abc.AsyncIterator):
        return "async list"
    is_iterator = isinstance(result, collections.abc.Iterator) and not isinstance(result, io.IOBase)
    return "list" if is_iterator else ""


def consumed(result: Any, consume: str) -> Any:
    """The result, taken so. An iterator that goes on and on is a call that takes too long."""
    if consume == "await":
        return asyncio.run(_awaited(result))
    if consume == "async list":
        result = asyncio.run(_listed(result))
    if consume == "list":
        result = list(itertools.islice(result, LONGEST_RESULT + 1))
    if consume.endswith("list") and len(result) > LONGEST_RESULT:
        raise TooLongError
    return result


async def _awaited(result: Any) -> Any:
    return await result


async def _listed(result: Any) -> list[Any]:
    found: list[Any] = []
    async for item in result:
        found.append(item)
        if len(found) > LONGEST_RESULT:
            break
    return found


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What a call prints or warns of is of no interest here."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout, sys.stderr = before


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` in the code that is still running after `seconds`, again and again."""

    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
