"""Coverage that an earlier run measured, perhaps on other machines, in place of this run's."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_enrich.errors import UsageError

if TYPE_CHECKING:
    from coverage import Coverage

_TEST = "|run"
_SHOWN = 2
_MEASURE = "Measure so:  pytest --cov --cov-branch --cov-context=test"


def load(file: Path, folder: Path, rootdir: Path, config_file: str) -> Coverage:
    """The data in `file`, its paths made this machine's as `coverage combine` does it; the file stays as it is.

    Args:
        file: What coverage.py wrote: of one run, or combined of several.
        folder: Where a copy may be written.
        rootdir: The project's.
        config_file: Coverage's configuration (`[paths]`, `relative_files`, what is left out).

    Raises:
        UsageError: It is no such file, lacks branches or tests, or is not about this project.
    """
    if not file.is_file():
        raise UsageError(f"there is no such file\n{_MEASURE}")
    coverage = _combined(file, folder, config_file)
    data = coverage.get_data()
    if not data.has_arcs():
        raise UsageError(f"it has lines only, no branches\n{_MEASURE}")
    if not any(name.endswith(_TEST) for name in data.measured_contexts()):
        raise UsageError(f"it does not say which test ran what\n{_MEASURE}")
    names = sorted(data.measured_files())
    if not any(_is_here(name, rootdir) for name in names):
        raise UsageError(_strange(names, rootdir))
    return coverage


def test_files(coverage: Coverage, rootdir: Path) -> tuple[str, ...]:
    """The files of the tests that it knows, relative to rootdir, as far as they are still there; sorted."""
    names = {name.partition("::")[0] for name in coverage.get_data().measured_contexts() if name.endswith(_TEST)}
    return tuple(sorted(name for name in names if name.endswith(".py") and (rootdir / name).is_file()))


def _combined(file: Path, folder: Path, config_file: str) -> Coverage:
    from coverage import Coverage
    from coverage.exceptions import ConfigError, CoverageException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one that is unreadable is told as an error
            coverage = Coverage(data_file=str(folder / "earlier"), config_file=config_file)
            coverage.combine([str(file)], strict=True, keep=True)
    except (ConfigError, CoverageException, OSError) as error:
        raise UsageError(f"coverage cannot read it: {' '.join(str(error).split())}\n{_MEASURE}") from None
    return coverage


def _is_here(name: str, rootdir: Path) -> bool:
    path = Path(name).resolve()
    return path.is_relative_to(rootdir.resolve()) and path.is_file()


def _strange(names: Sequence[str], rootdir: Path) -> str:
    if not names:
        return f"no file was measured\n{_MEASURE}"
    shown = ", ".join(names[:_SHOWN]) + ", ..." * (len(names) > _SHOWN)
    return (
        f"none of its files is below {rootdir}: {shown}\n"
        "Say which folders are the same, in pyproject.toml:\n"
        f"  [tool.coverage.paths]\n  source = {_paths(names[0], rootdir)}"
    )


def _paths(name: str, rootdir: Path) -> str:
    """A mapping that would fit: the longest end of the name that is a file here."""
    parts = Path(name).parts
    for start in range(1, len(parts)):
        if rootdir.joinpath(*parts[start:]).is_file():
            here = parts[start] if start < len(parts) - 1 else "."
            return f'["{here}", "{Path(*parts[:start], here)}"]'
    return '["src", "*/src"]'
