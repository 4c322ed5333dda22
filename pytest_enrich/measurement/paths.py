"""The `[paths]` of coverage's configuration, as far as coverage takes them.

They are for data of other machines, but pytest-cov combines by them in any case: one entry that a release of
coverage refuses would end a session whose author never combines anything there. Also a plugin, for the
pytest that measures once more.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from coverage import Coverage


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Once pytest-cov has started."""
    result = yield
    for coverage in started(early_config):
        keep_usable(coverage)
    return result


def started(config: pytest.Config) -> Iterator[Coverage]:
    """What pytest-cov measures and combines with."""
    controller = getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    found = (getattr(controller, name, None) for name in ("cov", "combining_cov"))
    return (coverage for coverage in found if coverage is not None)


def keep_usable(coverage: Coverage) -> None:
    """Drop the entries that `combine` would raise an error for."""
    known: Any = coverage.get_option("paths") or {}
    coverage.set_option("paths", {name: paths for name, paths in known.items() if _is_usable(paths)})


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
