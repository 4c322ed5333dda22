"""Running a call: what it returns, raises, prints, warns of and logs, and why no test should be made of it."""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
import inspect
import io
import itertools
import logging
import re
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from functools import cached_property
from types import CodeType, MappingProxyType, ModuleType
from typing import Any, NamedTuple

import pytest

from .. import express, guard
from ..engine.bounds import quiet, time_limit
from ..engine.trace import Branch, TooLongError, Tracer
from ..express import UNSTABLE
from ..rules import files
from . import command
from .calls import PATCHING, Call, Program, program
from .contract import Warned, by_descriptor, is_contract, is_forgotten, not_installed, warnings_of
from .entry import Entry

MOST, LONGEST = 2, 100
LONGEST_RESULT = 50
CALL_SECONDS, WARM_SECONDS = 0.5, 1.5
ENTERED: Any = contextlib._GeneratorContextManager  # noqa: SLF001 - what `contextmanager` makes has no other name


class Logged(logging.Handler):
    """Keeps the records that reach the root logger."""

    def __init__(self) -> None:
        super().__init__()
        self._records: list[logging.LogRecord] = []
        self._scene = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record as it is; its message is formatted when somebody asks for it."""
        self._records.append(record)

    def begin(self) -> None:
        """Mark the end of the set-up: what is logged from now on is the call's own."""
        self._scene = len(self._records)

    @property
    def told(self) -> tuple[str, ...]:
        """All messages, if they are few, short and stable, and the call itself logged a warning or worse."""
        own = self._records[self._scene :]
        if not any(record.levelno >= logging.WARNING for record in own):
            return ()
        texts = tuple(_message(record) for record in self._records)
        are_plain = all(text and len(text) <= LONGEST and not UNSTABLE.search(text) for text in texts)
        return texts if are_plain and len(texts) <= MOST else ()

    @contextlib.contextmanager
    def listening(self) -> Iterator[Logged]:
        """Forget earlier records, and keep what is logged while this lasts."""
        self._records.clear()
        self._scene = 0
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield self
        finally:
            root.removeHandler(self)


def _message(record: logging.LogRecord) -> str:
    """The message of a record; "" if its arguments do not fit."""
    try:
        return record.getMessage()
    except Exception:  # the project's own formatting, of objects of its own
        return ""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a call did.

    Attributes:
        branches: Those taken in the watched file.
        result: What it returned, consumed; None if it raised.
        raised: What it raised.
        refusal: Why no test should be made of it, "" if one may.
        consume: How the result was consumed.
        namespace: The variables of the program afterwards.
        printed: What was written to standard output, if the call wrote to it.
        warned: The warnings that the project gave.
        logged: The messages that reached the root logger, if the call logged a warning or worse.
    """

    branches: frozenset[Branch] = frozenset()
    result: Any = None
    raised: BaseException | None = None
    refusal: str = ""
    consume: str = ""
    namespace: Mapping[str, object] = dataclasses.field(default_factory=dict)
    printed: str = ""
    warned: tuple[Warned, ...] = ()
    logged: tuple[str, ...] = ()

    @property
    def is_raising(self) -> bool:
        """Whether it raised."""
        return self.raised is not None

    @property
    def is_start(self) -> bool:
        """Whether other calls may start from this one."""
        return not self.refusal


VERSIONS = ("__version__", "VERSION", "version")
UNMADE = "no such object"
"""The refusal of a call whose object, or an argument, cannot be made."""


class Shown(NamedTuple):
    """What tests show of all code.

    `expected` are the names of the exceptions that they expect, `questions` is what they ask objects, by the class
    that answers: `.get("a")`.
    """

    expected: frozenset[str] = frozenset()
    questions: Mapping[str, tuple[str, ...]] = MappingProxyType({})


SHOWN = Shown()


class Runner:
    """Runs programs.

    Args:
        tracer: Sees the branches, and ends a call that takes too many steps.
        entries: By qualname.
        root: The project: exceptions raised by its own `raise` statements are contracts.
        seconds: After how long a call is ended that takes none of the steps that the tracer sees.
        shown: What tests show.

    Attributes:
        filename: The name of the watched file.
        line: Returns the text of a line of that file.
    """

    def __init__(
        self,
        tracer: Tracer,
        entries: Mapping[str, Entry],
        root: str,
        seconds: float = CALL_SECONDS,
        shown: Shown = SHOWN,
    ) -> None:
        self._seconds, self.shown = seconds, shown
        self._tracer, self.filename, self.line = tracer, tracer.filename, tracer.line
        self._entries = entries
        self._root = root
        self._compiled: dict[tuple[str, str], CodeType] = {}
        self._names: dict[str, object] = {}
        self._logged = Logged()
        self._is_warm = False

    @cached_property
    def versions(self) -> frozenset[str]:
        """The versions that modules of the project say they have: those of the next release differ."""
        known = [vars(module) for module in [*sys.modules.values()] if issubclass(type(module), ModuleType)]
        own = (names for names in known if str(names.get("__file__")).startswith(self._root))
        told = (names.get(name) for names in own for name in VERSIONS)
        return frozenset(value for value in told if type(value) is str and re.search(r"\d\.\d", value))

    def call(self, call: Call) -> Outcome:
        """Run the program that makes `call`; an exception from making its arguments is not one of the call."""
        outcome = self.run(self.program(call))
        if outcome.raised is not None and not outcome.refusal and self._is_of_arguments(call):
            return dataclasses.replace(outcome, refusal=UNMADE)
        return outcome

    def _is_of_arguments(self, call: Call) -> bool:
        """Whether the arguments cannot be made: with variables for them, the call itself is never reached."""
        names = frozenset(name for name, value in call.arguments if name and "⟩(" in value)
        return bool(names) and self.run(self.program(call, names)).refusal == UNMADE

    def program(self, call: Call, hoisted: frozenset[str] = frozenset()) -> Program:
        """The program that makes `call`; `hoisted` as in `calls.program`."""
        return program(call, self._entries, hoisted)

    def run(self, wanted: Program) -> Outcome:
        """Run a program; whatever it does is an `Outcome`.

        The first one that takes too long is given time once, unwatched, and tried again: what the code loads when
        it is first needed, such as its tables, is there then.
        """
        outcome = self._run(wanted, self._tracer, self._seconds)
        if outcome.refusal != "too long" or self._is_warm:
            return outcome
        self._is_warm = True
        self._run(wanted, Tracer("", {}), WARM_SECONDS)
        return self._run(wanted, self._tracer, self._seconds)

    def _run(self, wanted: Program, tracer: Tracer, seconds: float) -> Outcome:
        try:
            scene = [self._code(line, "exec") for line in wanted.lines]
            action = self._code(wanted.action, "eval" if wanted.expression else "exec")
            folder = {files.FOLDER: files.empty_folder()} if files.FOLDER in wanted.text else {}
        except (SyntaxError, LookupError, ImportError, ValueError, MemoryError, OSError):
            return Outcome(refusal="not a program")
        patching, words = pytest.MonkeyPatch(), command.Words(sys.argv)
        patching.setattr(sys, "argv", words)
        namespace = {**self._names, **folder, PATCHING: patching}
        denials, place, before = len(guard.denied), guard.whereabouts(), list[int]()
        try:
            with (
                quiet() as (output, caught),
                self._logged.listening() as heard,
                time_limit(seconds),
            ):
                begin = (output.begin, heard.begin, lambda: before.append(len(caught)))
                outcome = self._perform(tracer, scene, action, namespace, begin)
        except TooLongError:  # it was raised just after the call had ended
            return Outcome(refusal="too long")
        finally:
            tracer.stop()
            patching.undo()
            is_elsewhere = guard.is_left(place)
        refusals = {
            "side effect": is_elsewhere or len(guard.denied) > denials,
            "goes by the command line": words.is_read,
            "accident": is_forgotten(caught),
            "goes by what is installed": not_installed(outcome.raised, wanted.text),
            "goes by which files are open": by_descriptor(outcome.raised),
        }
        if refusal := next((why for why, holds in refusals.items() if holds), ""):
            return dataclasses.replace(outcome, refusal=refusal)
        # A test expects only the call to warn, and not what comes before it.
        given = caught[sum(before) :]
        warned = warnings_of(given, self._root) if given else ()
        printed, logged = output.told, heard.told
        is_heard = printed or warned or logged
        return dataclasses.replace(outcome, printed=printed, warned=warned, logged=logged) if is_heard else outcome

    def _perform(
        self,
        tracer: Tracer,
        scene: list[CodeType],
        action: CodeType,
        namespace: dict[str, object],
        begin: Iterable[Callable[[], None]],
    ) -> Outcome:
        # Setting the scene runs code of the file as well, and a test of the call covers that, too.
        tracer.start()
        try:
            for line in scene:
                exec(line, namespace)
        except BaseException:  # whatever a constructor raises: the search goes on
            return Outcome(refusal=UNMADE)
        consume = ""
        for start in begin:
            start()
        try:
            result = eval(action, namespace)
            if command.is_result(result) and command.crashed(result):
                return Outcome(frozenset(tracer.branches), refusal="accident")
            is_variable = len(action.co_names) == 1 and {*action.co_consts} <= {None}
            consume = consumption(result, is_variable=is_variable)
            result = consumed(result, consume)
        except TooLongError:
            return Outcome(frozenset(tracer.branches), refusal="too long")
        except (Exception, SystemExit) as error:
            tracer.stop()
            branches = frozenset(tracer.branches)  # a thread may go on
            lines = (tracer.line(to).strip() for _, to in branches)
            refusal = "" if is_contract(error, self._root, lines, self.shown.expected) else "accident"
            return Outcome(branches, None, error, refusal, consume, namespace)
        except BaseException:  # a cancellation or an interrupt is no answer to a caller
            return Outcome(frozenset(tracer.branches), refusal="accident")
        finally:
            tracer.stop()
        return Outcome(frozenset(tracer.branches), result, None, "", consume, namespace)

    def _code(self, template: str, mode: str) -> CodeType:
        key = (template, mode)
        if key not in self._compiled:
            source, names = express.compilable(template)
            self._names.update(names)
            self._compiled[key] = compile(source, "<enrich>", mode)
        return self._compiled[key]


def consumption(result: Any, *, is_variable: bool = False) -> str:
    """How a result has to be consumed before there is anything to look at, as in `data.Finding.consume`.

    A context manager is entered if `contextlib.contextmanager` made it, or if the action is just its variable.
    """
    if (is_variable or type(result) is ENTERED) and isinstance(result, contextlib.AbstractContextManager):
        return "with"
    if inspect.isawaitable(result):
        return "await"
    if isinstance(result, collections.abc.AsyncIterator):
        return "async list"
    is_iterator = isinstance(result, collections.abc.Iterator) and not isinstance(result, io.IOBase)
    return "list" if is_iterator else ""


def consumed(result: Any, consume: str) -> Any:
    """The result, consumed in that way; an iterator that does not end is a call that takes too long."""
    if consume == "with":
        with result as value:
            return value
    if consume == "await":
        return _run(_awaited(result))
    if consume == "async list":
        result = _run(_listed(result))
    if consume == "list":
        result = list(itertools.islice(result, LONGEST_RESULT + 1))
    if consume.endswith("list") and len(result) > LONGEST_RESULT:
        raise TooLongError
    return result


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio  # here: it takes longer than all the rest of what a fork loads to try a mutant, and few await

    return asyncio.run(coroutine)


async def _awaited(result: Any) -> Any:
    return await result


async def _listed(result: Any) -> list[Any]:
    found: list[Any] = []
    async for item in result:
        found.append(item)
        if len(found) > LONGEST_RESULT:
            break
    return found
