"""Whether pytest ran the whole suite or, for this once, a part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_enrich.pytest_hooks import arguments

_OPTIONS = {
    "keyword": "-k",
    "markexpr": "-m",
    "lf": "--lf",
    "stepwise": "--sw",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
}


def options(config: pytest.Config) -> tuple[str, ...]:
    """The options of the command line that limited the tests, as they are typed; empty when nothing did.

    What `addopts` leaves out is not part of the suite.
    """
    words = arguments.on_command_line(config)
    given = {word.destination for word in words}
    names = [name for destination, name in _OPTIONS.items() if destination in given]
    paths = [text for word in words if word.destination == "file_or_dir" for text in word.texts]
    if paths and all(_is_part(config, text) for text in paths):
        names.append(paths[0] if len(paths) == 1 else f"{len(paths)} paths")
    return tuple(names)


def choosing(config: pytest.Config) -> tuple[str, ...]:
    """The options that choose tests by name or mark, wherever they were said."""
    said = {"-k": config.getoption("keyword"), "-m": config.getoption("markexpr")}
    return tuple(name for name, value in said.items() if value)


def stopping(config: pytest.Config, failures: int) -> str:
    """The option for which so many failures ended the tests before the last one, "" for none."""
    most = config.getoption("maxfail")
    if most and failures >= most:
        return "-x" if most == 1 else f"--maxfail={most}"
    return "--sw" if config.getoption("stepwise", default=False) else ""


def _is_part(config: pytest.Config, text: str) -> bool:
    """A file or a test is; a folder at the top, or one that `testpaths` names, stands for the suite."""
    path = Path(config.invocation_params.dir, text)
    tops = {config.rootpath, *(config.rootpath / top for top in config.getini("testpaths"))}
    return "::" in text or not path.is_dir() or not ({path, path.parent} & tops or path in config.rootpath.parents)
