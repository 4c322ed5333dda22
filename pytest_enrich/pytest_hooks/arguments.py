"""The arguments that start pytest once more on the user's configuration.

All that the user said counts: `addopts`, PYTEST_ADDOPTS and the command line, in pytest's order. What is left
out is named by destination, so that each spelling of an option is covered. `-o addopts=` keeps a child from
reading `addopts` again: it would bring back `-n 2`, `--cov`, `--junitxml=...`.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from msgspec import Struct

from pytest_enrich.store import disk
from pytest_enrich.store.seal import named

_SELECTION = frozenset({
    "deselect", "file_or_dir", "ignore", "ignore_glob", "keyword", "markexpr", "pyargs",
})  # fmt: skip
"""Which tests run: a child is told by node ids."""

_FLOW = frozenset({
    "cacheclear", "cacheshow", "collectonly", "failedfirst", "last_failed_no_failures", "lf", "max_warnings",
    "maxfail", "newfirst", "setuponly", "setupplan", "setupshow", "stepwise", "stepwise_reset", "stepwise_skip",
    "trace", "usepdb", "usepdb_cls",
})  # fmt: skip
"""When a session stops, what it remembers, and whether it asks a person."""

_OUTPUT = frozenset({
    "allure_report_dir", "basetemp", "capture", "code_highlight", "color", "csvpath", "debug", "disable_warnings",
    "durations", "durations_min", "force_short_summary", "fulltrace", "help", "htmlpath",
    "hypothesis_show_statistics", "json_report", "json_report_file", "junitprefix", "log_file", "markers",
    "no_fold_skipped", "no_header", "no_summary", "pastebin", "report_log", "reportchars", "self_contained_html",
    "show_fixtures_per_test", "showcapture", "showfixtures", "showlocals", "tbstyle", "traceconfig", "verbose",
    "version", "xfail_tb", "xmlpath",
})  # fmt: skip
"""What is shown and which files are written."""

_SPREAD = frozenset({
    "dist", "distload", "looponfail", "looponfailingdirs", "loadscopereorder", "maxprocesses", "maxschedchunk",
    "maxworkerrestart", "numprocesses", "px", "rsyncdir", "rsyncignore", "testrunuid", "tx",
})  # fmt: skip
"""xdist's."""

_PLACE = frozenset({"inifilename", "rootdir"})
"""Given again, as absolute paths."""

_PREFIXES = ("cov_", "no_cov", "enrich")
"""pytest-cov's, and ours."""
_PATHS = frozenset({"confcutdir", "inifilename"})
_LIMITS = frozenset({"keyword", "markexpr", "lf", "stepwise", "deselect", "ignore", "ignore_glob"})
"""What leaves some of the suite out."""


class Word(Struct, frozen=True, kw_only=True):
    """One option with its values as it stands on the command line, or one path.

    Attributes:
        destination: argparse's name of the option, `file_or_dir` for paths, "" for what nobody registered.
        texts: The words themselves.
    """

    destination: str
    texts: tuple[str, ...]


def for_child(config: pytest.Config) -> tuple[str, ...]:
    """What a job's pytest needs: configuration, plugins, overrides, the options of plugins; no tests."""
    left_out = _SELECTION | _FLOW | _OUTPUT | _SPREAD | _PLACE
    kept = [word for word in _words(config) if not _is_left_out(word, left_out)]
    return (*_place(config), *(text for word in kept for text in _from_rootdir(config, word)))


def for_repetition(config: pytest.Config) -> tuple[str, ...]:
    """What runs the same tests once more, spread out as before, with nothing written or measured."""
    left_out = _FLOW | _OUTPUT | _PLACE
    words = [word for word in _words(config) if not _is_left_out(word, left_out)]
    paths = [text for word in words if word.destination == "file_or_dir" for text in word.texts]
    options = [text for word in words if word.destination != "file_or_dir" for text in word.texts]
    # A flag comes between: the last option may take an optional value.
    return (*_place(config), *options, "-q", *paths)


def as_said(config: pytest.Config) -> tuple[str, ...]:
    """What this session was told about how to run tests, for a pytest that is started in rootdir later.

    `addopts` and PYTEST_ADDOPTS are read again there. Of the options that choose tests `-m "not ..."` stays: it
    only leaves out, and a new test has no such mark.
    """
    left_out = _SELECTION - {"markexpr"} | _FLOW | _OUTPUT | _SPREAD | {"rootdir"}
    kept = [
        word
        for word in on_command_line(config)
        if word.destination not in left_out and not word.destination.startswith(_PREFIXES)
        if word.destination != "markexpr" or named(word.texts)[1].startswith("not ")
    ]
    return tuple(text for word in kept for text in _from_rootdir(config, word))


def _from_rootdir(config: pytest.Config, word: Word) -> tuple[str, ...]:
    """Its texts, with the path of a file that it names relative to there."""
    if word.destination not in _PATHS:
        return word.texts
    name, path = named(word.texts)
    absolute = Path(os.path.normpath(Path(config.invocation_params.dir, path)))
    return name, disk.shown(absolute, config.rootpath)


def on_command_line(config: pytest.Config) -> tuple[Word, ...]:
    """What was given for this session alone, without `addopts`."""
    return tuple(split([os.fspath(text) for text in config.invocation_params.args], _options(config)))


def split(args: Sequence[str], options: Mapping[str, argparse.Action]) -> Iterator[Word]:
    """Tell options with their values from paths, as argparse does for pytest."""
    rest = list(args)
    while rest:
        text = rest.pop(0)
        if text == "--":
            yield from (Word(destination="file_or_dir", texts=(path,)) for path in rest)
            return
        if text == "-" or not text.startswith("-"):
            yield Word(destination="file_or_dir", texts=(text,))
            continue
        name, value = _name(text, options)
        action = options.get(name)
        if action is None:
            yield Word(destination="", texts=(text,))
        elif value is not None and action.nargs == 0:  # -vx is -v -x
            yield Word(destination=action.dest, texts=(name,))
            rest.insert(0, f"-{value}")
        else:
            values = () if value is not None else _values(action, rest)
            yield Word(destination=action.dest, texts=(text, *values))


def _name(text: str, options: Mapping[str, argparse.Action]) -> tuple[str, str | None]:
    """The option's name and the value that is written in the same word."""
    if text in options:
        return text, None
    name, equals, value = text.partition("=")
    if equals and name in options:
        return name, value
    return (text, None) if text.startswith("--") else (text[:2], text[2:])


def _values(action: argparse.Action, rest: list[str]) -> tuple[str, ...]:
    """Take the words that are this option's values off the front of `rest`."""
    plain = next((index for index, text in enumerate(rest) if text.startswith("-")), len(rest))
    if isinstance(action.nargs, int):
        count = action.nargs
    else:
        count = {None: 1, "?": min(1, plain)}.get(action.nargs, plain)
    taken = tuple(rest[:count])
    del rest[:count]
    return taken


def _words(config: pytest.Config) -> Iterator[Word]:
    addopts = [str(text) for text in config.getini("addopts")]
    everywhere = [*addopts, *shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))]
    return split([*everywhere, *(os.fspath(text) for text in config.invocation_params.args)], _options(config))


def _options(config: pytest.Config) -> Mapping[str, argparse.Action]:
    parser: argparse.ArgumentParser = config._parser.optparser  # noqa: SLF001 - arities are nowhere else
    return parser._option_string_actions  # noqa: SLF001 - the same


def _is_left_out(word: Word, destinations: frozenset[str]) -> bool:
    if word.destination == "override_ini":
        return named(word.texts)[1].startswith("addopts=")
    return word.destination in destinations or word.destination.startswith(_PREFIXES)


def _place(config: pytest.Config) -> tuple[str, ...]:
    file = ("-c", str(config.inipath)) if config.inipath is not None else ()
    return (*file, f"--rootdir={config.rootpath}", "-o", "addopts=")


def part_options(config: pytest.Config) -> tuple[str, ...]:
    """The options of the command line that limited the tests, as they are typed; empty when nothing did.

    What `addopts` leaves out is not part of the suite.
    """
    words = on_command_line(config)
    names = list(dict.fromkeys(named(word.texts)[0] for word in words if word.destination in _LIMITS))
    paths = [text for word in words if word.destination == "file_or_dir" for text in word.texts]
    if paths and all(_is_part(config, text) for text in paths):
        names.append(paths[0] if len(paths) == 1 else f"{len(paths)} paths")
    return tuple(names)


def choosing(config: pytest.Config) -> tuple[str, ...]:
    """The options that choose tests by name or mark, wherever they were said."""
    given = {"-k": config.getoption("keyword"), "-m": config.getoption("markexpr")}
    return tuple(name for name, value in given.items() if value)


def stopping(config: pytest.Config, failures: int) -> str:
    """The option that made so many failures end the tests early, "" for none."""
    most = config.getoption("maxfail")
    if most and failures >= most:
        return "-x" if most == 1 else f"--maxfail={most}"
    return "--sw" if config.getoption("stepwise", default=False) else ""


def _is_part(config: pytest.Config, text: str) -> bool:
    """Whether it is a part of the suite: a folder at the top, or one that `testpaths` names, stands for all."""
    path = Path(config.invocation_params.dir, text)
    tops = {config.rootpath, *(config.rootpath / top for top in config.getini("testpaths"))}
    return "::" in text or not path.is_dir() or not ({path, path.parent} & tops or path in config.rootpath.parents)
