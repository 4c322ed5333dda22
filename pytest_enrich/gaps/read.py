"""Which source files there are, and what coverage measured of each."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from pytest_enrich.data.code import ran_by
from pytest_enrich.gaps.measured import FileCoverage, Measured, imported_files, with_import

if TYPE_CHECKING:
    from coverage import Coverage, CoverageData
    from coverage.plugin import FileReporter

_INIT = "__init__.py"
_USUAL = ("", "src")
_TEST_NAMES = ("test_*.py", "*_test.py", "tests.py", "conftest.py")
# What setuptools leaves out where it finds packages and modules by itself, minus names that are common for code.
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
_VENDORED = {"_vendor", "vendor", "_vendored", "vendored", "third_party", "node_modules"}
_TESTS = {"test", "tests"}
_SUITE = re.compile(r"((unit|integration|functional|system)_?)?tests?(_?suite)?")
"""The name of a folder that has nothing but tests and their helpers, if tests of the suite are there; a package
may be called `load_test`.
"""
# The longest node id of a test: nobody can ask for one that has all its data in its name.
_LONGEST_NAME = 4000
_Skipped: TypeAlias = tuple[tuple[str, str], ...]
"""Paths, each with the reason why it is left out."""


def find_unimported(
    cov: Coverage, rootdir: Path, roots: Sequence[str], ran: Collection[str]
) -> tuple[list[str], _Skipped]:
    """The source files under `rootdir` that did not run and could have, and what cannot be imported.

    Args:
        cov: Tells what its user limits it to.
        rootdir: Absolute.
        roots: The folders that modules are imported from, relative to it.
        ran: The source files that did run.
    """
    config = cov.config
    limits = [
        limit for name in ("source", "source_pkgs", "source_dirs") for limit in getattr(config, name, None) or ()
    ]
    tops, skipped = (_told(limits, rootdir, roots), ()) if limits else _own(rootdir, roots, ran)
    # Coverage's `include` counts only where no source is given.
    chosen = _matching(None if limits else config.run_include, config.run_omit)
    files = _files(tops, namespaces=bool(getattr(config, "include_namespace_packages", False)))
    inside = {
        file.relative_to(rootdir).as_posix() for file in filter(chosen, files) if file.is_relative_to(rootdir)
    }
    return sorted(path for path in inside - {*ran} if not is_script(path, rootdir)), skipped


def is_script(path: str, rootdir: Path) -> bool:
    """Whether a file is run rather than imported, a test, or a migration: nobody wants it imported."""
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
            path for module in modules for path in (module, module.with_suffix(".py")) if path.exists()
        )


def _own(rootdir: Path, roots: Sequence[str], ran: Collection[str]) -> tuple[list[Path], _Skipped]:
    """Packages that can be imported, modules where there are none, and what is in a package, or folder, that ran.

    What tests add to the import path themselves is known from what they ran: with xdist, it is not on ours.
    """
    usual = [base for base in _USUAL if not base or not _is_package(rootdir / base)]
    bases = [base for base in dict.fromkeys((*roots, *usual)) if _TESTS.isdisjoint(base.split("/"))]
    tops = [top for base in bases for top in _packages(rootdir / base)]
    tops = tops or [top for base in bases for top in _modules(rootdir / base)]
    able = [top for top in tops if _is_found(top)]
    beside = sorted({_top((rootdir / path).parent) for path in ran})
    unable = {top.relative_to(rootdir).as_posix(): _unable(top, rootdir) for top in tops if top not in able}
    skipped = tuple((path, why) for path, why in unable.items() if not is_script(path, rootdir))
    around = [top for folder in beside for top in ([folder] if _is_package(folder) else _modules(folder))]
    return [*able, *around], skipped


def _top(folder: Path) -> Path:
    """The outermost package that a folder is in, itself when it is in none."""
    while _is_package(folder) and _is_package(folder.parent):
        folder = folder.parent
    return folder


def _is_package(folder: Path) -> bool:
    return (folder / _INIT).is_file()


def _packages(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if path.name not in _NO_PACKAGES and _is_package(path)]


def _modules(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if path.suffix == ".py" and path.is_file()]


def _listed(folder: Path) -> list[Path]:
    """The entries of a folder whose names can be imported."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.removesuffix(".py").isidentifier())
    except OSError:
        return []


def _is_found(top: Path) -> bool:
    """Whether an import of its name finds this file or package, and not an installed copy."""
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


def _matching(include: object, omit: object) -> Callable[[Path], bool]:
    """A function that tells whether coverage's patterns, of which there may be none, choose a file."""
    from coverage.files import GlobMatcher, prep_patterns

    inside = GlobMatcher(prep_patterns(include), "include") if isinstance(include, list) and include else None
    outside = GlobMatcher(prep_patterns(omit if isinstance(omit, list) else []), "omit")
    return lambda file: (inside is None or inside.match(str(file))) and not outside.match(str(file))


def wanted(path: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether the globs choose `path`; one without a `/` is tried on the name alone too.

    A copy of what others wrote is chosen only by a glob that names its folder (`_vendor`, `third_party`).
    """
    inside = not include or any(_matches(path, glob) for glob in include)
    is_meant = not _is_copied(path) or any(map(_is_copied, include))
    return inside and is_meant and not any(_matches(path, glob) for glob in exclude)


def _is_copied(path: str) -> bool:
    return not _VENDORED.isdisjoint(path.split("/"))


def _matches(path: str, glob: str) -> bool:
    glob = glob.removeprefix("./")
    names = [path] if "/" in glob else [path, path.rpartition("/")[2]]
    folder = f"{glob.rstrip('/')}/*"
    return any(fnmatch.fnmatchcase(name, glob) for name in names) or fnmatch.fnmatchcase(path, folder)


def read(  # noqa: PLR0913, PLR0917 - what coverage measured, what is a source, and what counts besides
    cov: Coverage,
    rootdir: Path,
    tests: Collection[str] = (),
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    roots: Sequence[str] | None = None,
) -> Measured:
    """The source files under `rootdir` that `cov` measured, and those of the project that no test imported.

    Tests, what stands beside them in a folder of tests and conftest files are no sources; nor is what the
    project's own settings leave out, or, unless `include` names it, a copy of what others wrote (`_vendor`,
    `third_party`).

    Args:
        cov: With the data of the finished run.
        rootdir: Paths are relative to it.
        tests: The suite's own files, relative to rootdir, with `/`.
        include: Globs of source files, relative to rootdir; empty is all.
        exclude: Globs of source files to leave out.
        roots: The folders that modules are imported from, relative to rootdir; None: only what was measured.
    """
    files: list[FileCoverage] = []
    skipped: list[tuple[str, str]] = []
    loaded = imported_files()
    measured = dict(_sources(cov, rootdir))
    of_tests = {
        folder for test in tests for folder in _folders(test) if _SUITE.fullmatch(folder.rpartition("/")[2])
    }
    ran = {path for path, name in measured.items() if cov.get_data().lines(name)}
    if roots is not None:
        unimported, unable = find_unimported(cov, rootdir, roots, ran - {*tests})
        if not tests:  # otherwise tests that change the import path may have imported some of it
            skipped += [pair for pair in unable if wanted(pair[0], (), exclude)]
        names = _reported(cov, [str(rootdir / path) for path in unimported])
        measured = {**{Path(name).relative_to(rootdir).as_posix(): name for name in names}, **measured}
    for path, name in sorted(measured.items()):
        if path in tests or not of_tests.isdisjoint(_folders(path)) or not wanted(path, include, exclude):
            continue
        if path not in ran and path not in include and is_script(path, rootdir):
            continue
        file = _file(cov, path, name, is_loaded=os.path.realpath(name) in loaded)
        if isinstance(file, str):
            skipped.append((path, file))
        else:
            files.append(file)
    return Measured(files=tuple(files), skipped=tuple(skipped))


def _folders(path: str) -> list[str]:
    """The folders around a file, from the innermost."""
    return [parent.as_posix() for parent in PurePosixPath(path).parents]


def _sources(cov: Coverage, rootdir: Path) -> Iterator[tuple[str, str]]:
    """The path relative to rootdir, and coverage's name, of each file that a report would show."""
    data, real = cov.get_data(), rootdir.resolve()
    for name in _reported(cov, sorted(data.measured_files())):
        path = _relative(Path(name).absolute(), rootdir, real)
        if path and not data.file_tracer(name) and _is_source(path):
            yield path, name


def _relative(file: Path, rootdir: Path, real: Path) -> str:
    for base in (rootdir, real):
        if file.is_relative_to(base):
            return file.relative_to(base).as_posix()
    resolved = file.resolve()
    return resolved.relative_to(real).as_posix() if resolved.is_relative_to(real) else ""


def _is_source(path: str) -> bool:
    *folders, name = path.split("/")
    return name.endswith(".py") and name != "conftest.py" and "site-packages" not in folders


def _reported(cov: Coverage, names: list[str]) -> list[str]:
    chosen = _matching(cov.get_option("report:include"), cov.get_option("report:omit"))
    return [name for name in names if chosen(Path(name).absolute())]


def _file(cov: Coverage, path: str, name: str, *, is_loaded: bool) -> FileCoverage | str:
    """What is known about one file, or why nothing is."""
    import sqlite3

    from coverage.exceptions import CoverageException, NoSource

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file, text = _analyse(cov, path, name)
            return with_import(file, text, is_loaded=is_loaded)
    except (NoSource, FileNotFoundError):
        return "it is gone"
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    except sqlite3.Error as error:
        return f"what was measured of it cannot be read ({error})"
    except (CoverageException, SyntaxError, UnicodeError, LookupError, ValueError, RecursionError) as error:
        return f"it cannot be parsed ({' '.join(str(error).split()) or type(error).__name__})"


def _analyse(cov: Coverage, path: str, name: str) -> tuple[FileCoverage, str]:
    """What was measured, and the text."""
    from coverage.results import analysis_from_file_reporter

    reporter = cov._get_file_reporter(name)  # noqa: SLF001 - there is no public way to branches
    data = cov.get_data()
    with contextlib.nullcontext(data) if data.has_arcs() or data.lines(name) else _nothing() as measured:
        analysis = analysis_from_file_reporter(measured, 0, reporter, name)
        contexts = _contexts(measured.contexts_by_lineno(name), reporter)
    counts = analysis.exit_counts
    branches = {arc for arc in analysis.arc_possibilities if counts.get(arc[0], 0) > 1}
    missing = analysis.missing_branch_arcs()
    file = FileCoverage(
        path=path,
        statements=tuple(sorted(analysis.statements)),
        missing_lines=tuple(sorted(analysis.missing)),
        branches=tuple(sorted(arc for arc in branches if arc[1] not in analysis.excluded)),
        missing_branches=tuple(sorted((start, end) for start, ends in missing.items() for end in ends)),
        contexts=contexts,
    )
    return file, reporter.source()


@contextlib.contextmanager
def _nothing() -> Iterator[CoverageData]:
    """Empty data with branches, for what did not run: without data, coverage does not know that there are any."""
    from coverage import CoverageData

    empty = CoverageData(no_disk=True)
    empty.add_arcs({})
    try:
        yield empty
    finally:
        if hasattr(empty, "close"):  # older releases leave it to the garbage collector; Python 3.13 warns of that
            empty.close(force=True)


def _contexts(raw: dict[int, list[str]], reporter: FileReporter) -> dict[int, tuple[str, ...]]:
    tests_by_line: dict[int, set[str]] = {}
    contexts = {name for names in raw.values() for name in names if len(name) <= _LONGEST_NAME}
    tested = {name: test for name in contexts if (test := ran_by(name))}  # thousands of tests run most lines
    for line, names in raw.items():
        tests = {tested[name] for name in names if name in tested}
        for first in reporter.translate_lines([line]) if tests else ():
            tests_by_line.setdefault(first, set()).update(tests)
    return {line: tuple(sorted(tests)) for line, tests in sorted(tests_by_line.items())}
