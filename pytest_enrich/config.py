"""The settings of one run: the command line over ini options over defaults, as one frozen value."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class Budget(Struct, frozen=True, kw_only=True):
    """How much a run may use after the tests: seconds of wall clock, or a number of executions.

    A budget in executions gives the same suggestions on every machine.
    """

    seconds: float | None = None
    executions: int | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """One run's settings.

    Attributes:
        rootdir: pytest's; all paths in data are relative to it.
        directory: The suggestions folder, absolute.
        with_: Names of proposers, or ("auto",).
        maximum: The most suggestions waiting for a person; 0 is no limit.
        budget: See `Budget`.
        timeout: Seconds for one run of one candidate.
        workers: Proofs at the same time.
        seed: Of everything that draws.
        include, exclude: Globs of source files, relative to rootdir; empty `include` means coverage's sources.
        only: `path` or `path::qualname` limits.
        sandbox: `auto`, `strict` or `process`.
        env: Names of variables that look like secrets and that the tests need.
        pytest_args: What starts pytest on the user's configuration (`-c`, `--rootdir`, `-p`, `-o`, ...).
        test_files: The files, relative to rootdir, that the suite's tests are in.
        fresh: Forget what earlier runs tried.
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
    sandbox: str = "auto"
    env: tuple[str, ...] = ()
    pytest_args: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()
    fresh: bool = False
