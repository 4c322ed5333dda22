"""The pytest hooks.

Every pytest session of every project in the environment imports this module, so it imports pytest and the
standard library alone. What `--enrich` and `--enrich-run` need is imported when they are given.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_MEASUREMENT = pytest.StashKey[Any]()
_INT = "int" if pytest.version_tuple >= (8, 4) else "string"

# name, default, pytest's type for ini files, metavar (None: not on the command line), help
_VALUES = (
    ("with", "auto", "string", "NAMES", "who thinks of tests: auto, rows, search or ollama; or several"),
    ("max", "10", _INT, "N", "most suggestions that wait for a person; 0 is no limit"),
    ("budget", "5m", "string", "TIME", "how long to go on after the tests (90s, 5m, 1h), or executions (20000x)"),
    ("timeout", "10s", "string", "TIME", "one candidate, one run"),
    ("workers", "auto", "string", "N", "candidates tried at the same time; auto: as many as cores, up to 4"),
    ("seed", "0", _INT, "N", "of everything that draws"),
    ("dir", "enrich-suggestions", "string", "PATH", "where suggestions are written, relative to rootdir"),
    ("grade", "good", "string", "GRADE", "lowest grade written: strong, good, weak"),
    ("sandbox", "auto", "string", "KIND", "how candidates are kept apart: auto, strict, process"),
    ("executor", "local", "string", "WHERE", "where they are tried: local, or a cluster at dask://HOST:PORT"),
    (
        "model",
        "",
        "string",
        "TAG",
        "the Ollama model to ask, auto, or none; the default is the best of those pulled",
    ),
    ("host", "", "string", "URL", "where Ollama listens; the default is OLLAMA_HOST, else http://127.0.0.1:11434"),
)
_LISTS = (
    (
        "report",
        "TYPE[:DEST]",
        "a report: html, md, json, github, github-comment, gitlab, sarif; or none (repeat; default: html)",
    ),
    ("include", "GLOB", "source files to look at (repeat); the default is coverage's sources"),
    ("exclude", "GLOB", "source files to leave alone (repeat)"),
)
_LIMITS = (
    ("since", "REF", "only gaps in lines changed since a commit: a branch, HEAD, or staged"),
    ("from", "FILE", "coverage data of an earlier run, with a context for each test, instead of this run's"),
    ("shard", "K/N", "the K-th of N parts of the gaps, the same in every job; pytest-enrich merge joins them"),
    ("run", "ID", argparse.SUPPRESS),
    ("prove", "FILE", argparse.SUPPRESS),
)
# name, pytest's type, default, help
_KEYS: tuple[tuple[str, str, Any, str], ...] = (
    ("env", "linelist", [], "environment variables that look like secrets but that the tests need"),
    ("allow_remote", "bool", False, "whether source code may be sent to an Ollama on another machine"),
    ("think", "bool", False, "whether a model that can think may: it takes several times as long"),
    ("policy", "string", "", "what the team allows a run and its reviewers: a TOML file; it only restricts"),
    (
        "format_command",
        "string",
        "",
        "what formats a test file, from stdin to stdout ({filename}); used where it was used before",
    ),
    (
        "prompt_exclude",
        "linelist",
        ["*secret*"],
        "files whose text never goes into a prompt, besides those that are always left out (.env, keys, ...)",
    ),
)
_SWITCHES = (
    ("enrich", "after the tests, look for tests that would close gaps in their coverage"),
    ("enrich-list", "print the gaps in order, generate nothing"),
    ("enrich-fresh", "forget which gaps were tried before"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """All options; `--help` explains them."""
    group = parser.getgroup("enrich", "test enrichment")
    for name, text in _SWITCHES:
        group.addoption(f"--{name}", action="store_true", default=False, help=text)
    for name, default, kind, metavar, text in _VALUES:
        description = f"{text} (default: {default})" if default else text
        group.addoption(f"--enrich-{name}", metavar=metavar, default=None, help=description)
        value = int(default) if kind == "int" else default
        parser.addini(f"enrich_{name}", text, type=kind, default=value)  # type: ignore[arg-type]
    for name, metavar, text in _LISTS:
        group.addoption(f"--enrich-{name}", action="append", metavar=metavar, default=[], help=text)
        parser.addini(f"enrich_{name}", text, type="linelist", default=[])
    for name, metavar, text in _LIMITS:
        group.addoption(f"--enrich-{name}", metavar=metavar, default=None, help=text)
    only = "only the gaps of this file, class or function (repeat)"
    group.addoption("--enrich-only", action="append", metavar="PATH[::QUALNAME]", default=[], help=only)
    for name, kind, usual, text in _KEYS:
        parser.addini(f"enrich_{name}", text, type=kind, default=usual)  # type: ignore[arg-type]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Generator[None, Any, Any]:
    """Before pytest-cov looks at the options: ask it to measure."""
    options = early_config.known_args_namespace
    if _is_inert() or not (options.enrich or options.enrich_run):
        return (yield)
    if options.enrich_run:
        from pytest_enrich.pytest_hooks import single

        single.prepare(early_config)
        return (yield)
    return (yield from _measured(early_config, args))


def _measured(config: pytest.Config, args: list[str]) -> Generator[None, Any, Any]:
    options = config.known_args_namespace
    if options.collectonly or options.help or options.version:
        return (yield)
    from pytest_enrich import measurement
    from pytest_enrich.pytest_hooks import root

    root.widen(config)
    prepared = config.stash[_MEASUREMENT] = measurement.prepare(config, args)
    config.add_cleanup(lambda: measurement.close(prepared))
    result = yield
    if prepared.kind == "ours":
        measurement.quieten(config)
    return result


def pytest_configure(config: pytest.Config) -> None:
    """Register what was asked for; what is impossible ends here, before a test runs."""
    if _is_inert():
        return
    if config.option.enrich_run:
        from pytest_enrich.pytest_hooks import single

        config.pluginmanager.register(single.Single(config), "enrich-single")
    elif config.option.enrich and not hasattr(config, "workerinput"):
        from pytest_enrich.pytest_hooks import run

        run.register(config, config.stash.get(_MEASUREMENT, None))


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """In place of a session: prove one test that a person has edited, or try existing ones in the sandbox."""
    if _is_inert() or not config.option.enrich_prove:
        return None
    from pytest_enrich.pytest_hooks.setting import prove

    return prove(config)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Suggestions are not part of the suite, whatever `python_files` says, unless they are named by path."""
    folder = config.option.enrich_dir or config.getini("enrich_dir")
    if _is_inert() or collection_path != config.rootpath / folder:
        return None
    named = (Path(config.invocation_params.dir, text.partition("::")[0]) for text in config.args)
    return None if any(path.is_relative_to(collection_path) for path in named) else True


def _is_inert() -> bool:
    """Whether this is a pytest that a run has started."""
    return "PYTEST_ENRICH" in os.environ
