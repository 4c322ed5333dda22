"""The project's own source files that no test imported, as coverage finds them where it is told the sources.

Without such a word coverage sees only what ran. Then it is what tests can import from the folders of the project
that modules are imported from, less what packaging tools take for no part of a project either. Nothing is imported
to find out.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from coverage import Coverage

_INIT = "__init__.py"
_USUAL = ("", "src")
_TESTS = {"test", "tests"}
_TEST_NAMES = ("test_*.py", "*_test.py", "conftest.py")
# What setuptools leaves out where it finds packages and modules by itself, less names that are common for code.
# fmt: off
_NO_PACKAGES = frozenset({
    "ci", "bin", "debian", "doc", "docs", "documentation", "manpages", "news", "newsfragments", "changelog",
    "test", "tests", "unit_test", "unit_tests", "example", "examples", "scripts", "tools", "build", "benchmark",
    "benchmarks", "exercise", "exercises", "htmlcov",
})
_SCRIPTS = frozenset({
    "setup", "conftest", "test", "tests", "example", "examples", "build", "toxfile", "noxfile", "pavement", "dodo",
    "tasks", "fabfile", "sconstruct", "conanfile", "manage", "benchmark", "benchmarks", "exercise", "exercises",
})
# fmt: on


class Unimported(Struct, frozen=True, kw_only=True):
    """Paths relative to rootdir: `files` that could be imported, and what could not be, each with the reason."""

    files: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def find(cov: Coverage, rootdir: Path, roots: Sequence[str], ran: Collection[str]) -> Unimported:
    """The source files under `rootdir` that did not run and could have.

    Args:
        cov: It is asked for what its user limits it to.
        rootdir: Absolute.
        roots: The folders that modules are imported from, relative to it.
        ran: The source files that did run.
    """
    config = cov.config
    told = [one for name in ("source", "source_pkgs", "source_dirs") for one in getattr(config, name, None) or ()]
    tops, skipped = (_told(told, rootdir, roots), ()) if told else _own(rootdir, roots, ran)
    chosen = _chosen(cov, limited=not told)
    files = _files(tops, namespaces=bool(getattr(config, "include_namespace_packages", False)))
    inside = {
        file.relative_to(rootdir).as_posix() for file in filter(chosen, files) if file.is_relative_to(rootdir)
    }
    return Unimported(
        files=tuple(sorted(path for path in inside - {*ran} if not is_script(path, rootdir))),
        skipped=skipped,
    )


def is_script(path: str, rootdir: Path) -> bool:
    """Whether it is run rather than imported, a test, or a migration: a file that nobody wants to be imported."""
    pure = PurePosixPath(path)
    if any(fnmatch.fnmatchcase(pure.name, name) for name in _TEST_NAMES) or pure.stem == "__main__":
        return True
    if not {*_TESTS, "migrations"}.isdisjoint(pure.parts[:-1]):
        return True
    return pure.stem.lower() in _SCRIPTS and not _is_package(rootdir / pure.parent)


def _told(names: Iterable[str], rootdir: Path, roots: Sequence[str]) -> Iterator[Path]:
    """What coverage is limited to: folders, or the names of packages and modules."""
    for name in names:
        folders = [folder for folder in (rootdir / name, Path(name).absolute()) if folder.is_dir()]
        parts = name.split(".")
        modules = (rootdir.joinpath(root, *parts) for root in dict.fromkeys((*roots, *_USUAL)))
        yield from folders[:1] or (
            one for module in modules for one in (module, module.with_suffix(".py")) if one.exists()
        )


def _own(
    rootdir: Path, roots: Sequence[str], ran: Collection[str]
) -> tuple[list[Path], tuple[tuple[str, str], ...]]:
    """Packages that can be imported, modules where there are none, and what is in a package, or folder, that ran.

    What tests put on the import path by themselves is known from what they ran: with xdist it is not on ours.
    """
    usual = [base for base in _USUAL if not base or not _is_package(rootdir / base)]
    bases = [base for base in dict.fromkeys((*roots, *usual)) if _TESTS.isdisjoint(base.split("/"))]
    tops = [top for base in bases for top in _packages(rootdir / base)]
    tops = tops or [top for base in bases for top in _modules(rootdir / base)]
    able = [top for top in tops if _is_found(top)]
    beside = sorted({_top((rootdir / path).parent) for path in ran})
    unable = {top.relative_to(rootdir).as_posix(): _unable(top, rootdir) for top in tops if top not in able}
    skipped = tuple((path, why) for path, why in unable.items() if not is_script(path, rootdir))
    round_them = [top for folder in beside for top in ([folder] if _is_package(folder) else _modules(folder))]
    return [*able, *round_them], skipped


def _top(folder: Path) -> Path:
    """The outermost package that a folder is in, itself when it is in none."""
    while _is_package(folder) and _is_package(folder.parent):
        folder = folder.parent
    return folder


def _is_package(folder: Path) -> bool:
    return (folder / _INIT).is_file()


def _packages(folder: Path) -> list[Path]:
    names = (one for one in _listed(folder) if one.name not in _NO_PACKAGES and one.name.isidentifier())
    return [one for one in names if _is_package(one)]


def _modules(folder: Path) -> list[Path]:
    return [one for one in _listed(folder) if one.suffix == ".py" and one.stem.isidentifier() and one.is_file()]


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_found(top: Path) -> bool:
    """Whether it is what an import of its name finds, and not a copy that is installed."""
    try:
        spec = find_spec(top.stem)
    except (ImportError, ValueError, AttributeError):
        return False
    file = top if top.suffix else top / _INIT
    return spec is not None and spec.origin is not None and os.path.realpath(spec.origin) == os.path.realpath(file)


def _unable(top: Path, rootdir: Path) -> str:
    folder = top.parent.relative_to(rootdir).as_posix()
    return (
        "tests cannot import it; install the project (pip install -e .), or write "
        f'pythonpath = ["{folder}"] under [tool.pytest.ini_options]'
    )


def _files(tops: Iterable[Path], *, namespaces: bool) -> Iterator[Path]:
    """The files of packages, and files themselves; a folder without `__init__.py` holds nothing to import."""
    for top in tops:
        if top.is_file():
            yield top
        for folder, names, files in os.walk(top):
            names[:] = sorted(name for name in names if namespaces or _is_package(Path(folder, name)))
            yield from (Path(folder, file) for file in files if file.endswith(".py"))


def _chosen(cov: Coverage, *, limited: bool) -> Callable[[Path], bool]:
    """Whether coverage would measure a file, were it run; `include` counts only where no source is said."""
    from coverage.files import GlobMatcher, prep_patterns

    include = GlobMatcher(prep_patterns(cov.config.run_include or ()), "include")
    omit = GlobMatcher(prep_patterns(cov.config.run_omit or ()), "omit")
    only = limited and bool(cov.config.run_include)
    return lambda file: (not only or include.match(str(file))) and not omit.match(str(file))
