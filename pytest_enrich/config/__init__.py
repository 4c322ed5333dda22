"""The settings of a run, and how people type them (on a command line, in an ini file)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from pytest_enrich.config import policy
from pytest_enrich.data import Changes, Grade, Shard
from pytest_enrich.errors import UsageError

Word = TypeVar("Word", bound=str)
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smh])")
MODEL = "ollama"
"""The proposer that asks a model on this machine, where there is one."""
NO_MODEL = "none"

PROPOSERS = ("rows", "search", MODEL)
"""The names that `with_` may hold besides `auto`, in the order in which they are asked."""

SANDBOXES = ("auto", "strict", "process")

GRADES: tuple[Grade, ...] = ("strong", "good", "weak")
"""The grades that may be the lowest one written, best first."""


def seconds(text: str) -> float:
    """The seconds that `90s`, `1.5m` or `1h` stand for, more than 0.

    Raises:
        UsageError: With what is accepted; the caller puts the option's name in front.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or not float(match[1]):
        raise UsageError("accepted is a time such as 10s, 1.5m or 1h")
    return float(match[1]) * _UNITS[match[2]]


def spelled(duration: float) -> str:
    """Seconds as `seconds` reads them, in the largest unit that leaves no rest: `5m`, `90s`, `1.5s`."""
    for unit, size in reversed(_UNITS.items()):
        if duration >= size and duration % size == 0:
            return f"{duration / size:.0f}{unit}"
    return f"{duration:g}s"


class Budget(Struct, frozen=True, kw_only=True):
    """How much a run may use after the tests: seconds of wall clock, or a number of executions.

    A budget in executions gives the same suggestions on every machine.
    """

    seconds: float | None = None
    executions: int | None = None

    def __str__(self) -> str:
        """As it is typed: `5m`, `90s`, `20000x`."""
        if self.executions is not None:
            return f"{self.executions}x"
        return spelled(self.seconds or 0.0)


class WantedReport(Struct, frozen=True, kw_only=True):
    """A report that somebody asked for.

    Attributes:
        format: A name that `reporters.formats` knows.
        destination: The file, as it was typed; "" for the usual one, in the suggestions folder.
        because: The environment variable that is the reason when nobody asked, "" when somebody did.
    """

    format: str
    destination: str = ""
    because: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    """One run's settings.

    Attributes:
        rootdir: pytest's; all paths in data are relative to it.
        directory: The suggestions folder, absolute.
        with_: Names of proposers, or ("auto",).
        maximum: The most suggestions waiting for a person; 0 is no limit.
        budget: See `Budget`.
        timeout: Seconds for one run of one candidate.
        workers: How many proofs run at the same time.
        seed: Of everything that is random.
        include, exclude: Globs of source files, relative to rootdir; empty `include` means coverage's sources.
        only: `path` or `path::qualname` limits, the path relative to rootdir with `/`.
        changes: The lines that gaps must touch, None for all.
        earlier: The file with the coverage that is used instead of the run's own, "" for none.
        shard: The part of the gaps that is worked on.
        grade: The lowest grade that is written.
        sandbox: `auto`, `strict` or `process`.
        cluster: Where the scheduler of a cluster listens whose workers do the jobs (`HOST:PORT`), "" for none.
        env: Names of variables that look like secrets and that the tests need.
        pytest_args: What starts pytest on the user's configuration (`-c`, `--rootdir`, `-p`, `-o`, ...), from any
            directory. It holds what `addopts` and PYTEST_ADDOPTS say as well, and switches the former off: a child
            is started without PYTEST_ADDOPTS.
        said: The part of that given on this command line, for a pytest that is started in rootdir later.
        test_files: The files with the suite's tests, relative to rootdir, as far as a test in them passed.
        red: The other files, each with what happened there: nothing is learnt from them or put into them.
        failed: The tests (node ids) in `test_files` that did not pass: nothing is learnt from them.
        testpaths, python_files: pytest's, for files that are made.
        model: The tag of the local model to ask, "" for the best one that is there, "none" for no model.
        host: Where Ollama listens, "" for what the environment says.
        allow_remote: Whether source code may be sent to another machine.
        think: Whether a model that can think may.
        prompt_exclude: Globs of files whose text never goes into a prompt.
        fresh: Forget what earlier runs tried.
        listing: Print the gaps in order and propose nothing.
        reports: What is written beside the suggestions, for people and other programs.
        partial: The options (`-k`, `a path`) for which pytest ran only a part of the suite; empty: all of it ran.
        passed: How many tests passed before.
        policy: What the team allows.
    """

    rootdir: Path
    directory: Path
    with_: tuple[str, ...] = ("auto",)
    maximum: int = 10
    budget: Budget = Budget(seconds=300.0)
    timeout: float = 10.0
    workers: int = 1
    seed: int = 0
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    changes: Changes | None = None
    earlier: str = ""
    shard: Shard = Shard()
    grade: Grade = "good"
    sandbox: str = "auto"
    cluster: str = ""
    env: tuple[str, ...] = ()
    pytest_args: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()
    red: dict[str, str] = {}
    failed: tuple[str, ...] = ()
    testpaths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ()
    model: str = ""
    host: str = ""
    allow_remote: bool = False
    think: bool = False
    prompt_exclude: tuple[str, ...] = ()
    fresh: bool = False
    listing: bool = False
    reports: tuple[WantedReport, ...] = ()
    partial: tuple[str, ...] = ()
    passed: int = 0
    policy: policy.Named = policy.NONE

    @property
    def asked(self) -> tuple[str, ...]:
        """The proposers by name, in the order in which they are asked; `auto` is all but an unwanted model."""
        auto = {name for name in PROPOSERS if name != MODEL or self.model != NO_MODEL}
        auto = auto if "auto" in self.with_ else set()
        return tuple(name for name in PROPOSERS if name in self.with_ or name in auto)


_EXECUTIONS = re.compile(r"([0-9]{1,12})x")
_SHARD = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")
_LARGEST_SEED = 2**32 - 1  # what PYTHONHASHSEED and random.seed both take


def budget(text: str) -> Budget:
    """The budget that `5m` or `20000x` stands for.

    Raises:
        UsageError: See `seconds`.
    """
    match = _EXECUTIONS.fullmatch(text.strip())
    if match and int(match[1]):
        return Budget(executions=int(match[1]))
    try:
        return Budget(seconds=seconds(text))
    except UsageError:
        raise UsageError(
            "accepted is a time such as 90s, 5m or 1h, or a number of executions such as 20000x"
        ) from None


def count(text: str) -> int:
    """A whole number from 0.

    Raises:
        UsageError: See `seconds`.
    """
    return _whole(text, 0, 10**9, "a whole number from 0 (no limit)")


def seed(text: str) -> int:
    """A whole number from 0 to 2**32 - 1.

    Raises:
        UsageError: See `seconds`.
    """
    return _whole(text, 0, _LARGEST_SEED, f"a whole number from 0 to {_LARGEST_SEED}")


def workers(text: str) -> int:
    """A number of processes from 1; `auto` is the cores this process may use, at most 4: they give way to others.

    Raises:
        UsageError: See `seconds`.
    """
    if text.strip() == "auto":
        return min(4, _cores())
    return _whole(text, 1, 9999, "auto, or a whole number from 1")


def _whole(text: str, least: int, most: int, accepted: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()) or not least <= int(text) <= most:
        raise UsageError(f"accepted is {accepted}")
    return int(text)


def executor(text: str) -> str:
    """The `HOST:PORT` of `dask://HOST:PORT`, "" for `local`.

    Raises:
        UsageError: See `seconds`.
    """
    match = re.fullmatch(r"dask://((?:[\w.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5})/?", text.strip())
    if match is None and text.strip() != "local":
        raise UsageError("accepted is local, or dask://HOST:PORT")
    return match[1] if match is not None else ""


def proposers(text: str) -> tuple[str, ...]:
    """The proposers named in `rows`, `search`, `ollama` or `auto`, several with commas.

    Raises:
        UsageError: See `seconds`.
    """
    names = tuple(name.strip() for name in text.split(","))
    unknown = [name for name in names if name not in ("auto", *PROPOSERS)]
    if unknown:
        accepted = " or ".join(("auto", *PROPOSERS))
        raise UsageError(f"there is no proposer {unknown[0]!r} in this version; accepted is {accepted}")
    distinct = tuple(dict.fromkeys(names))
    return tuple(name for name in distinct if name in {"auto", MODEL}) if "auto" in names else distinct


def word(text: str) -> str:
    """A tag or an address: anything without spaces, or nothing.

    Raises:
        UsageError: See `seconds`.
    """
    if not re.fullmatch(r"[!-~]{0,300}", text.strip()):
        raise UsageError("accepted is one word, such as qwen2.5-coder:7b or http://127.0.0.1:11434")
    return text.strip()


def model(text: str) -> str:
    """A model's tag; "" for the best one that is there, which `auto` means, too.

    Raises:
        UsageError: See `seconds`.
    """
    tag = word(text)
    return "" if tag == "auto" else tag


def one_of(known: Sequence[Word], text: str) -> Word:
    """The word of these that is named.

    Raises:
        UsageError: See `seconds`.
    """
    for choice in known:
        if text.strip() == choice:
            return choice
    raise UsageError(f"accepted is {', '.join(known)}")


def shard(text: str) -> Shard:
    """The part of the work that `2/4` stands for.

    Raises:
        UsageError: See `seconds`.
    """
    match = _SHARD.fullmatch(text.strip())
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError("accepted is K/N, such as 1/4 for the first of four parts")
    return Shard(int(match[1]), int(match[2]))


def directory(text: str, rootdir: Path) -> Path:
    """The suggestions folder: absolute, and used for nothing else.

    Raises:
        UsageError: See `seconds`.
    """
    path = Path(os.path.normpath(rootdir / text.strip()))
    if not text.strip() or path == rootdir or path in rootdir.parents:
        raise UsageError("accepted is a folder of its own, such as enrich-suggestions")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file; accepted is a folder of its own")
    return path


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
