"""What in coverage's configuration is in the way: entries of `[paths]`, contexts of its own, missing plugins.

The entries are for data of other machines, but pytest-cov combines by them in any case: one that a release of
coverage refuses would end a session whose author never combines anything there. Also a plugin, for the
pytest that measures once more.
"""

from __future__ import annotations

import configparser
import importlib.util
from collections.abc import Collection, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from coverage import Coverage
    from coverage.config import CoverageConfig


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Drop the entries that `combine` refuses, once pytest-cov has started."""
    result = yield
    for coverage in started(early_config):
        keep_usable(coverage)
    return result


def started(config: pytest.Config) -> Iterator[Coverage]:
    """What pytest-cov measures and combines with."""
    controller = getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    coverages = (getattr(controller, name, None) for name in ("cov", "combining_cov"))
    return (coverage for coverage in coverages if coverage is not None)


def keep_usable(coverage: Coverage) -> None:
    """Drop the entries that `combine` would raise an error for."""
    entries: Any = coverage.get_option("paths") or {}
    coverage.set_option("paths", {name: paths for name, paths in entries.items() if _is_usable(paths)})


def _is_usable(paths: Sequence[str]) -> bool:
    from coverage.exceptions import ConfigError, CoverageException
    from coverage.files import PathAliases

    aliases = PathAliases()
    try:
        for pattern in paths[1:]:
            aliases.add(pattern, paths[0])
    except (ConfigError, CoverageException):
        return False
    return bool(paths)


def missing_plugins(config: CoverageConfig) -> tuple[str, ...]:
    """The plugins of a configuration that are not here: coverage would end the session with a traceback."""
    return tuple(name for name in config.plugins if not _is_there(name))


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # of a package that is not there, or no name at all
        return False


def adapt(config: CoverageConfig, file: Path, missing: Collection[str]) -> None:
    """Write a configuration like this one to a file, without its own contexts and the `missing` plugins.

    We set the contexts of tests ourselves.
    """
    defaults, parser = type(config)(), configparser.RawConfigParser()
    options = ((attribute, where) for attribute, where, *_ in config.CONFIG_FILE_OPTIONS)
    values = {
        where: getattr(config, name) for name, where in options if getattr(config, name) != getattr(defaults, name)
    }
    values |= {f"paths:{name}": listed for name, listed in config.paths.items()}
    values |= {
        f"{plugin}:{name}": value for plugin, own in config.plugin_options.items() for name, value in own.items()
    }
    values |= {"run:plugins": [plugin for plugin in config.plugins if plugin not in missing]}
    values |= {"run:context": None, "run:dynamic_context": None}
    for where, value in values.items():
        section, _, option = where.partition(":")
        if value is not None:
            lines = value if isinstance(value, list | tuple | set) else [value]
            parser.read_dict({section: {option: "\n".join(str(line).replace("$", "$$") for line in lines)}})
    with file.open("w", encoding="utf-8") as written:
        parser.write(written)
