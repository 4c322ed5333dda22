"""Another day on another machine: the part of a job's world that is not said by its environment."""

from __future__ import annotations

import datetime as dt
import os
import platform
import pwd
import socket
import sys
import time
from collections.abc import Callable, Generator, Sequence
from types import FunctionType
from typing import Any, TypeAlias

import pytest

PATCH = 99
"""A release of this version of Python that there is not."""
Session: TypeAlias = Callable[[dict[str, Any], Sequence[str], Sequence[object]], str]
"""Runs pytest for a job on its own arguments, with plugins; answers why it stopped early, or ""."""

MOST_REASON = 1500
LONGEST_NAME = 4000
"""Of a test's node id. `gaps.read` knows of no longer ones, either."""
SEED = "_hypothesis_internal_use_seed"


def enter_world(world: dict[str, Any]) -> None:
    """From now on, in this process and its forks, all is as somebody else has it on that day.

    The clock is so many days (and some hours and minutes) ahead; what waits here is not affected: the monotonic
    clock goes on as ever. The system is of the same kind, and its name and its release are others.
    """
    if world.get("person"):
        _visit(world["person"])
    if world.get("days"):
        import time_machine

        ahead = dt.timedelta(days=world["days"], hours=5, minutes=17)
        # A number: with a datetime's timezone the process would change its own.
        time_machine.travel(time.time() + ahead.total_seconds(), tick=True).start()


def _visit(person: str) -> None:
    """A machine of that name: code that asks what it runs on gets other answers of the same form."""
    known, patch = platform.uname(), f"{sys.version_info.major}.{sys.version_info.minor}.{PATCH}"
    elsewhere = known._replace(node=person, release=f"{PATCH}.0", version=f"#{PATCH}")
    platform.uname = lambda: elsewhere
    platform.python_version = lambda: patch
    socket.gethostname = lambda: person
    if hasattr(os, "uname"):
        own = os.uname_result((known.system, person, elsewhere.release, elsewhere.version, known.machine))
        os.uname = lambda: own
    _log_in(person)


def _log_in(person: str) -> None:
    """Who runs this is called so in the system's list of users, too; all else there is as it was."""
    by_number, by_name = pwd.getpwuid, pwd.getpwnam
    own = os.getuid()

    def renamed(entry: pwd.struct_passwd) -> pwd.struct_passwd:
        return pwd.struct_passwd((person, *entry[1:])) if entry.pw_uid == own else entry

    pwd.getpwuid = lambda number: renamed(by_number(number))
    pwd.getpwnam = lambda name: renamed(by_number(own) if name == person else by_name(name))
    os.getlogin = lambda: person


def arguments(work: dict[str, Any]) -> list[str]:
    """Pytest's arguments for every job, without the tests.

    The user's own come first, so that ours win. The cache plugin stays, in the scratch directory: options in
    `addopts` such as `--ff` must still be understood.
    """
    scratch = work["scratch"]
    # Without the cache plugin its option would be an unknown one, and with warnings as errors the end.
    cached = "no:cacheprovider" not in " ".join(work["pytest_args"])
    return [
        *work["pytest_args"],
        f"--rootdir={work['rootdir']}",
        f"--basetemp={scratch}/basetemp",
        *(["-o", f"cache_dir={scratch}/cache"] if cached else []),
        "--maxfail=0",
        "--continue-on-collection-errors",
        "--tb=short",
        "--color=no",
        "--show-capture=no",
        "-q",
    ]


class Brief:
    """A plugin by which a run is over when its tests are."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hypothesis imports itself for a summary, which takes half a second, even where nobody has used it."""
        config = session.config
        plugin = config.pluginmanager.get_plugin("hypothesispytest")
        if plugin is not None and "hypothesis" not in sys.modules:
            others = config.pluginmanager.subset_hook_caller("pytest_terminal_summary", [plugin])
            setattr(config.hook, "pytest_terminal_summary", others)  # noqa: B010 - mypy knows no hooks by name


class Tame(Brief):
    """A plugin that turns off what other plugins would do to a small run inside a child process."""

    def __init__(self, work: dict[str, Any]) -> None:
        self.scratch = work["scratch"]
        job = work.get("job", {})
        self.world = job.get("world") or work.get("world") or {}
        self.seed = self.world.get("hash_seed", 0)
        self.workers = job.get("workers", 0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(
        self, early_config: pytest.Config, args: list[str]
    ) -> Generator[None, Any, Any]:
        """Here all plugins are known, the options are about to be parsed for good, and no project code ran yet."""
        # Not before: pytest warns of plugins (time_machine is one) that are there before it starts.
        enter_world(self.world)
        known = early_config.known_args_namespace
        args += self._options(early_config, known)
        if hasattr(known, "no_cov"):
            known.no_cov = True
        return (yield)

    def _options(self, config: pytest.Config, known: Any) -> list[str]:
        options = []
        if hasattr(known, "numprocesses"):
            options.append(f"-n{self.workers}")
        if hasattr(known, "no_cov"):
            options.append("--no-cov")
        if hasattr(known, "randomly_seed"):
            options += [f"--randomly-seed={self.seed}", "--randomly-dont-reorganize"]
        if getattr(known, "xmlpath", None):
            options.append(f"--junit-xml={self.scratch}/junit.xml")
        if hasattr(known, "log_file") and (known.log_file or config.getini("log_file")):
            options.append(f"--log-file={self.scratch}/log.txt")
        return options

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """A test that has all its data in its name fills each answer, and no command can name it."""
        items[:] = [item for item in items if len(item.nodeid) <= LONGEST_NAME]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Hypothesis draws the same each time, and remembers nothing of other jobs."""
        core = sys.modules.get("hypothesis.core")
        if core is not None:
            setattr(core, "global_force_seed", self.seed)  # noqa: B010 - what `--hypothesis-seed` sets, imported or not
            self._draw_by_seed(getattr(item, "obj", None))

    def _draw_by_seed(self, test: object) -> None:
        """On CI, Hypothesis derandomizes: only a test's own seed, what `@seed` sets, is stronger than that."""
        function = getattr(test, "__func__", test)
        if isinstance(function, FunctionType) and vars(function).get(SEED, "") is None:
            setattr(function, SEED, self.seed)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """Nobody is there to debug with."""
        for name in ("usepdb", "trace"):
            if hasattr(config.option, name):
                setattr(config.option, name, False)


class Ending:
    """A plugin that notes why pytest stopped before its time; `reason` is "" when it did not."""

    def __init__(self) -> None:
        self.reason = ""

    def why(self, status: int) -> str:
        """Why pytest, which ended with `status`, stopped before its time, or ""."""
        if status == pytest.ExitCode.USAGE_ERROR and not self.reason:
            return "pytest could not start with these arguments, or a conftest could not be imported"
        return self.reason

    def pytest_internalerror(self, excrepr: object) -> None:
        """Something other than a test raised, `SystemExit` at import among them."""
        # The end says what was raised, the beginning only pytest's own frames.
        self.reason = f"pytest stopped: {str(excrepr)[-MOST_REASON:]}"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """`pytest.exit` comes this way too."""
        self.reason = f"pytest stopped: {excinfo.exconly()}"


def run(work: dict[str, Any], tests: Sequence[str], plugins: Sequence[object]) -> str:
    """Run pytest on `tests` (its own arguments) in this process; answers why it stopped early, or ""."""
    ending = Ending()
    try:
        status = pytest.main([*arguments(work), *tests], plugins=[Tame(work), ending, *plugins])
    except SystemExit as error:  # a plugin or a conftest that leaves while pytest starts
        return ending.reason or f"pytest stopped: SystemExit: {error.code}"
    return ending.why(status)


class Instead:
    """A plugin that does `action`, once it has one, instead of collecting and running tests."""

    def __init__(self, action: Callable[[], dict[str, Any]] | None = None) -> None:
        self.action = action
        self.answer: dict[str, Any] | None = None
        self.error: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool | None:
        """Nothing is collected."""
        return None if self.action is None else True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """Whatever it raises is the job's end, not pytest's."""
        if self.action is None:
            return None
        try:
            self.answer = self.action()
        except BaseException as error:
            self.error = error
        return True

    def outcome(self) -> dict[str, Any]:
        """What the action answers, or raises; it is done here when pytest did not come to it."""
        if self.error is not None:
            raise self.error
        if self.answer is not None:  # an action that runs pytest once more is taken away for that
            return self.answer
        assert self.action is not None
        return self.action()


def inside(work: dict[str, Any], action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `action` answers when it is called in a pytest session without tests.

    So it sees what a test sees: `pythonpath`, the root's conftest files, what plugins set up. When pytest
    cannot start, it is called without one.
    """
    instead = Instead(action)
    run(work, (), (instead,))
    return instead.outcome()
