"""Running pytest inside a job: its arguments, its plugins, and a world with another day on another machine."""

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
"""A patch release of this version of Python that does not exist."""
Session: TypeAlias = Callable[[dict[str, Any], Sequence[str], Sequence[object]], str]
"""Runs pytest for a job with arguments and plugins; returns why it stopped early, or ""."""

MOST_REASON = 1500
LONGEST_NAME = 4000
"""The longest node id of a test. `gaps.read` knows no longer ones, either."""
SEED = "_hypothesis_internal_use_seed"


def enter_world(world: dict[str, Any]) -> None:
    """From now on, make everything in this process and its forks look as it does for somebody else on another day.

    The clock is `days` days (and a few hours) ahead; waiting is not affected, as the monotonic clock goes on as
    usual. The system is of the same kind, with another name and another release.
    """
    if world.get("person"):
        _visit(world["person"])
    if world.get("days"):
        import time_machine

        ahead = dt.timedelta(days=world["days"], hours=5, minutes=17)
        # A number: a datetime's timezone would change that of the process.
        time_machine.travel(time.time() + ahead.total_seconds(), tick=True).start()


def _visit(person: str) -> None:
    """Pretend to be on a machine of that name: code that asks for it gets other answers of the same form."""
    system, patch = platform.uname(), f"{sys.version_info.major}.{sys.version_info.minor}.{PATCH}"
    elsewhere = system._replace(node=person, release=f"{PATCH}.0", version=f"#{PATCH}")
    platform.uname = lambda: elsewhere
    platform.python_version = lambda: patch
    socket.gethostname = lambda: person
    if hasattr(os, "uname"):
        answer = os.uname_result((system.system, person, elsewhere.release, elsewhere.version, system.machine))
        os.uname = lambda: answer
    _log_in(person)


def _log_in(person: str) -> None:
    """Give the current user this name in the system's list of users, too, and leave everything else there."""
    by_number, by_name = pwd.getpwuid, pwd.getpwnam
    uid = os.getuid()

    def renamed(entry: pwd.struct_passwd) -> pwd.struct_passwd:
        return pwd.struct_passwd((person, *entry[1:])) if entry.pw_uid == uid else entry

    pwd.getpwuid = lambda number: renamed(by_number(number))
    pwd.getpwnam = lambda name: renamed(by_number(uid) if name == person else by_name(name))
    os.getlogin = lambda: person


def arguments(work: dict[str, Any]) -> list[str]:
    """Pytest's arguments for every job, without the tests.

    The user's own come first, so that ours win. The cache plugin stays, with its cache in the scratch directory:
    options in `addopts` such as `--ff` must still be understood.
    """
    scratch = work["scratch"]
    # Without the cache plugin its option would be unknown, which ends the run if warnings are errors.
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
    """A plugin that lets a run end as soon as its tests have."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Skip Hypothesis's summary if nobody has used it: importing it for that takes half a second."""
        config = session.config
        plugin = config.pluginmanager.get_plugin("hypothesispytest")
        if plugin is not None and "hypothesis" not in sys.modules:
            without_plugin = config.pluginmanager.subset_hook_caller("pytest_terminal_summary", [plugin])
            setattr(config.hook, "pytest_terminal_summary", without_plugin)  # noqa: B010 - mypy knows no hooks by name


class Tame(Brief):
    """A plugin that turns off what other plugins would do to a small run in a child process."""

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
        """Add options, now that all plugins are known and before the final parsing and any code of the project."""
        # Not before: pytest warns about plugins (time_machine is one) that are imported before it starts.
        enter_world(self.world)
        known = early_config.known_args_namespace
        args += self._options(early_config, known)
        if hasattr(known, "no_cov"):
            known.no_cov = True
        return (yield)

    def _options(self, config: pytest.Config, known: Any) -> list[str]:
        of_plugins = {
            "numprocesses": [f"-n{self.workers}"],
            "no_cov": ["--no-cov"],
            "randomly_seed": [f"--randomly-seed={self.seed}", "--randomly-dont-reorganize"],
        }
        options = [option for name, given in of_plugins.items() if hasattr(known, name) for option in given]
        if getattr(known, "xmlpath", None):
            options.append(f"--junit-xml={self.scratch}/junit.xml")
        if hasattr(known, "log_file") and (known.log_file or config.getini("log_file")):
            options.append(f"--log-file={self.scratch}/log.txt")
        return options

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out tests with all their data in their name: they fill answers, and no command can name them."""
        items[:] = [item for item in items if len(item.nodeid) <= LONGEST_NAME]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Let Hypothesis draw the same each time, and remember nothing from other jobs."""
        core = sys.modules.get("hypothesis.core")
        if core is not None:
            setattr(core, "global_force_seed", self.seed)  # noqa: B010 - what `--hypothesis-seed` sets, imported or not
            self._draw_by_seed(getattr(item, "obj", None))

    def _draw_by_seed(self, test: object) -> None:
        """Set a test's own seed, as `@seed` does: on CI Hypothesis derandomizes, and only that overrides it."""
        function = getattr(test, "__func__", test)
        if isinstance(function, FunctionType) and vars(function).get(SEED, "") is None:
            setattr(function, SEED, self.seed)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """Switch debuggers off, as nobody is there to use them."""
        for name in ("usepdb", "trace"):
            if hasattr(config.option, name):
                setattr(config.option, name, False)


class Ending:
    """A plugin that notes why pytest stopped early; `reason` is "" if it did not."""

    def __init__(self) -> None:
        self.reason = ""

    def why(self, status: int) -> str:
        """Why pytest, which ended with `status`, stopped early, or ""."""
        if status == pytest.ExitCode.USAGE_ERROR and not self.reason:
            return "pytest could not start with these arguments, or a conftest could not be imported"
        return self.reason

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note that something other than a test raised, including `SystemExit` on import."""
        # The end says what was raised; the beginning has only pytest's own frames.
        self.reason = f"pytest stopped: {str(excrepr)[-MOST_REASON:]}"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note an interrupt, or `pytest.exit`, which calls this hook too."""
        self.reason = f"pytest stopped: {excinfo.exconly()}"


def run(work: dict[str, Any], tests: Sequence[str], plugins: Sequence[object]) -> str:
    """Run pytest on `tests` (arguments of pytest) in this process; returns why it stopped early, or ""."""
    ending = Ending()
    try:
        status = pytest.main([*arguments(work), *tests], plugins=[Tame(work), ending, *plugins])
    except SystemExit as error:  # a plugin or a conftest that leaves while pytest starts
        return ending.reason or f"pytest stopped: SystemExit: {error.code}"
    return ending.why(status)


class Instead:
    """A plugin that does `action`, if it has one, instead of collecting and running tests."""

    def __init__(self, action: Callable[[], dict[str, Any]] | None = None) -> None:
        self.action = action
        self.answer: dict[str, Any] | None = None
        self.error: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool | None:
        """Collect nothing if there is an action."""
        return None if self.action is None else True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """Do the action; whatever it raises ends the job, not pytest."""
        if self.action is None:
            return None
        try:
            self.answer = self.action()
        except BaseException as error:
            self.error = error
        return True

    def outcome(self) -> dict[str, Any]:
        """What the action returns or raises; it is done here if pytest did not get to it."""
        if self.error is not None:
            raise self.error
        if self.answer is not None:  # an action that runs the session again removes itself first
            return self.answer
        assert self.action is not None
        return self.action()


def inside(work: dict[str, Any], action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `action` returns when it is called in a pytest session without tests.

    So it sees what a test sees: `pythonpath`, the root's conftest files, what plugins set up. If pytest cannot
    start, it is called without a session.
    """
    instead = Instead(action)
    run(work, (), (instead,))
    return instead.outcome()
