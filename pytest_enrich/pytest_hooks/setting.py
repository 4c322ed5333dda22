"""pytest's command line and ini file -> `Settings`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from pytest_enrich import changes, reports, session
from pytest_enrich import config as values
from pytest_enrich.config import Settings, WantedReport, policy, private
from pytest_enrich.data import Changes, Question, Replay, Shard
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.pytest_hooks import arguments
from pytest_enrich.reporters import formats
from pytest_enrich.reporters.words import visible_lines
from pytest_enrich.sandboxes import isolation
from pytest_enrich.store import targets

T = TypeVar("T")


def read(config: pytest.Config) -> Settings:
    """What was asked for, as far as it is known before the tests run.

    Raises:
        pytest.UsageError: A value is not accepted; the message names the option, the value and what is accepted.
    """
    rootdir = config.rootpath
    directory = _value(config, "dir", lambda text: values.directory(text, rootdir))
    rules = _policy(config)
    kind = _value(config, "sandbox", partial(values.one_of, values.SANDBOXES))
    if rules.policy.isolation:
        with said_of(policy.KEY):
            isolation.choose(kind, rootdir, rules)
    return Settings(
        rootdir=rootdir,
        directory=directory,
        with_=_value(config, "with", values.proposers),
        maximum=_value(config, "max", values.count),
        budget=_value(config, "budget", values.budget),
        timeout=_value(config, "timeout", values.seconds),
        workers=_value(config, "workers", values.workers),
        seed=_value(config, "seed", values.seed),
        include=_globs(config, "include"),
        exclude=_globs(config, "exclude"),
        only=tuple(_limit(config, text) for text in config.getoption("enrich_only")),
        changes=_changes(config),
        earlier=config.getoption("enrich_from") or "",
        # Which part of the work this job does: given for a single run, so there is no key for it.
        shard=_value(config, "shard", values.shard) if config.getoption("enrich_shard") is not None else Shard(),
        grade=_value(config, "grade", partial(values.one_of, values.GRADES)),
        sandbox=kind,
        cluster=_value(config, "executor", values.executor),
        env=tuple(config.getini("enrich_env")),
        pytest_args=arguments.for_child(config),
        said=arguments.as_said(config),
        testpaths=tuple(config.getini("testpaths")),
        python_files=tuple(config.getini("python_files")),
        model=_value(config, "model", values.model),
        host=_value(config, "host", values.word),
        allow_remote=bool(_ini(config, "enrich_allow_remote")),
        think=bool(_ini(config, "enrich_think")),
        prompt_exclude=(
            *private.FILES,
            *private.FOLDERS,
            *config.getini("enrich_prompt_exclude"),
            *rules.policy.model.never_sent,
        ),
        fresh=config.getoption("enrich_fresh"),
        listing=config.getoption("enrich_list"),
        reports=_reports(config, directory),
        policy=rules,
    )


def _policy(config: pytest.Config) -> policy.Named:
    """What the project's own configuration names: the command line, which anybody may type, cannot loosen it."""
    with said_of(policy.KEY):
        name = targets.ini_value(config.rootpath, policy.KEY)
        if name != (given := str(config.getini(policy.KEY))):
            raise UsageError(f"the project's configuration file says {name!r}, and this session {given!r}")
        return targets.policy_of(config.rootpath)


@contextmanager
def said_of(option: str) -> Iterator[None]:
    """Have pytest show what is impossible in this block as an error of the option, as that was typed.

    Raises:
        pytest.UsageError: With the lines of the error below each other.
    """
    try:
        yield
    except EnrichError as error:
        raise pytest.UsageError(visible_lines(f"{option}: {error}").replace("\n", "\n       ")) from None


def _value(config: pytest.Config, name: str, parse: Callable[[str], T]) -> T:
    text = config.getoption(f"enrich_{name}")
    label = f"--enrich-{name}="
    if text is None:
        label, text = f"enrich_{name} = ", str(_ini(config, f"enrich_{name}"))
    with said_of(f"{label}{text}"):
        return parse(text)


def _ini(config: pytest.Config, name: str) -> object:
    try:
        return config.getini(name)
    except (TypeError, ValueError) as error:  # not an int: pytest 9.2 raises UsageError itself
        raise pytest.UsageError(f"{name}: {error}") from None


def _globs(config: pytest.Config, name: str) -> tuple[str, ...]:
    return tuple(config.getoption(f"enrich_{name}") or config.getini(f"enrich_{name}"))


def _reports(config: pytest.Config, directory: Path) -> tuple[WantedReport, ...]:
    """What is to be written at the end; whether it can be is checked before the tests run."""
    label, texts = "--enrich-report=", config.getoption("enrich_report")
    if not texts:
        label, texts = "enrich_report = ", config.getini("enrich_report")
    if not texts:
        return formats.detected(os.environ)
    with said_of(f"{label}{' '.join(texts)}"):
        wanted = formats.wanted(texts)
        for report in wanted:
            reports.place(report, directory, config.rootpath)
        return wanted


def _changes(config: pytest.Config) -> Changes | None:
    name = config.getoption("enrich_since")
    if name is None:
        return None
    with said_of(f"--enrich-since={name}"):
        return changes.since(config.rootpath, name)


def _limit(config: pytest.Config, text: str) -> str:
    """`path::qualname` with the path relative to rootdir, from one relative to where pytest was started."""
    path, _, qualname = text.partition("::")
    for start in (config.invocation_params.dir, config.rootpath):
        file = Path(start, path).resolve()
        if file.is_file() and file.is_relative_to(config.rootpath.resolve()):
            relative = file.relative_to(config.rootpath.resolve()).as_posix()
            return f"{relative}::{qualname}" if qualname else relative
    raise pytest.UsageError(
        f"--enrich-only={text}: there is no such file below {config.rootpath}; accepted is PATH or PATH::QUALNAME "
        "of a source file"
    )


def prove(config: pytest.Config) -> int:
    """Read the question in the file that was named, and write the answer beside it (`.answer`).

    The answer to a `Question` is a `Reproof`, to a `Replay` a `Replayed`, and to `null` a `Rehearsal`.

    Raises:
        pytest.UsageError: There is no such suggestion, or no sandbox of the kind that is wanted.
    """
    file = Path(config.option.enrich_prove)
    try:
        asked = msgspec.json.decode(file.read_bytes(), type=Question | Replay | None)
        answer = session.answer(read(config), asked)
    except (OSError, SyntaxError, ValueError, EnrichError) as error:
        raise pytest.UsageError(f"--enrich-prove={file}: {error}") from None
    file.with_suffix(".answer").write_bytes(msgspec.json.encode(answer))
    return 0
