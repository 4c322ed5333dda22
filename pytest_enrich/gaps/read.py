"""Which source files the project's settings choose."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pytest_enrich.gaps.measured import FileCoverage, Measured, imported_files, with_import
from pytest_enrich.gaps.unimported import find, is_script

if TYPE_CHECKING:
    from coverage import Coverage, CoverageData
    from coverage.plugin import FileReporter

_VENDORED = {"_vendor", "vendor", "_vendored", "vendored", "third_party", "node_modules"}
_TESTS = {"test", "tests"}
# Of a test's node id: one that has all its data in its name is no test that anyone can ask for.
_LONGEST_NAME = 4000
_PHASE = re.compile(r"\|(run|setup|teardown)$")


def wanted(path: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether the globs choose `path`; one without a `/` is tried on the name alone too.

    A copy of what others wrote is chosen only by one that says so.
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

    Tests, what stands beside them in a `tests` folder and conftest files are no sources; nor is what the project's
    own settings leave out, or, unless `include` names it, a copy of what others wrote (`_vendor`, `third_party`).

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
    measured, folders = dict(_sources(cov, rootdir)), _test_folders(tests)
    ran = {path for path, name in measured.items() if cov.get_data().lines(name)}
    if roots is not None:
        others = find(cov, rootdir, roots, ran - {*tests})
        if not tests:  # else some of it may be imported by what tests do to the import path
            skipped += [one for one in others.skipped if wanted(one[0], (), exclude)]
        names = _reported(cov, [str(rootdir / path) for path in others.files])
        measured = {**{Path(name).relative_to(rootdir).as_posix(): name for name in names}, **measured}
    for path, name in sorted(measured.items()):
        if path in tests or _in_tests(path, folders) or not wanted(path, include, exclude):
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
    """The folders round a file, each with those round it."""
    return [parent.as_posix() for parent in PurePosixPath(path).parents]


def _test_folders(tests: Iterable[str]) -> set[str]:
    return {folder for test in tests for folder in _folders(test) if folder.rpartition("/")[2] in _TESTS}


def _in_tests(path: str, folders: Collection[str]) -> bool:
    return any(folder in folders for folder in _folders(path))


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
    from coverage.files import GlobMatcher, prep_patterns

    include, omit = cov.get_option("report:include"), cov.get_option("report:omit")
    if isinstance(include, list) and include:
        matcher = GlobMatcher(prep_patterns(include), "include")
        names = [name for name in names if matcher.match(str(Path(name).absolute()))]
    if isinstance(omit, list) and omit:
        matcher = GlobMatcher(prep_patterns(omit), "omit")
        names = [name for name in names if not matcher.match(str(Path(name).absolute()))]
    return names


def _file(cov: Coverage, path: str, name: str, *, is_loaded: bool) -> FileCoverage | str:
    """What is known about one file, or why nothing is."""
    from coverage.exceptions import CoverageException, NoSource

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found, text = _analyse(cov, path, name)
            return with_import(found, text, is_loaded=is_loaded)
    except (NoSource, FileNotFoundError):
        return "it is gone"
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    except (CoverageException, SyntaxError, UnicodeError, LookupError, ValueError, RecursionError) as error:
        return f"it cannot be parsed ({' '.join(str(error).split()) or type(error).__name__})"


def _analyse(cov: Coverage, path: str, name: str) -> tuple[FileCoverage, str]:
    """What was measured, and the text."""
    from coverage.results import analysis_from_file_reporter

    reporter = cov._get_file_reporter(name)  # noqa: SLF001 - there is no public way to branches
    data = cov.get_data()
    with contextlib.nullcontext(data) if data.has_arcs() or data.lines(name) else _nothing() as known:
        analysis = analysis_from_file_reporter(known, 0, reporter, name)
        contexts = _contexts(known.contexts_by_lineno(name), reporter)
    counts = analysis.exit_counts
    branches = {arc for arc in analysis.arc_possibilities if counts.get(arc[0], 0) > 1}
    missing = analysis.missing_branch_arcs()
    found = FileCoverage(
        path=path,
        statements=tuple(sorted(analysis.statements)),
        missing_lines=tuple(sorted(analysis.missing)),
        branches=tuple(sorted(arc for arc in branches if arc[1] not in analysis.excluded)),
        missing_branches=tuple(sorted((start, end) for start, ends in missing.items() for end in ends)),
        contexts=contexts,
    )
    return found, reporter.source()


@contextlib.contextmanager
def _nothing() -> Iterator[CoverageData]:
    """What is measured with branches and did not run: without data coverage does not know that there are any."""
    from coverage import CoverageData

    empty = CoverageData(no_disk=True)
    empty.add_arcs({})
    try:
        yield empty
    finally:
        if hasattr(empty, "close"):  # older releases leave it to the garbage collector; Python 3.13 warns of that
            empty.close(force=True)


def _contexts(raw: dict[int, list[str]], reporter: FileReporter) -> dict[int, tuple[str, ...]]:
    found: dict[int, set[str]] = {}
    for line, names in raw.items():
        tests = {_PHASE.sub("", name) for name in names if 0 < len(name) <= _LONGEST_NAME}
        for first in reporter.translate_lines([line]) if tests else ():
            found.setdefault(first, set()).update(tests)
    return {line: tuple(sorted(tests)) for line, tests in sorted(found.items())}
