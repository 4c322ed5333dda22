"""Which of the machine's files a job may see: all but private ones, and of those what Python needs."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import site
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from pytest_enrich import changes
from pytest_enrich.config import private
from pytest_enrich.errors import UsageError

HOMES = ("/home", "/root", "/Users")
PRIVATE = (
    "/boot", "/dev", "/etc/docker", "/etc/gshadow", "/etc/gshadow-", "/etc/kubernetes", "/etc/letsencrypt",
    "/etc/NetworkManager", "/etc/shadow", "/etc/shadow-", "/etc/ssh", "/etc/ssl/private", "/etc/sudoers",
    "/etc/sudoers.d", "/etc/wireguard", "/media", "/mnt", "/run", "/tmp", "/var/lib/docker",  # noqa: S108 - hidden, not used
    "/var/log", "/var/mail", "/var/run", "/var/spool", "/var/tmp",  # noqa: S108 - the same
)  # fmt: skip
SYSTEM = (
    "/bin", "/boot", "/dev", "/etc", "/gnu", "/lib", "/lib32", "/lib64", "/libx32", "/nix", "/proc", "/run",
    "/sbin", "/snap", "/sys", "/usr", "/usr/lib", "/usr/local", "/usr/local/lib", "/usr/share", "/var", "/var/lib",
)  # fmt: skip
"""Parts of the system: shown even if they lie beside a project, or contain one."""

NOT_SEARCHED = frozenset(
    {"node_modules", "site-packages", "__pycache__", ".tox", ".nox", ".venv", "venv", ".mypy_cache", ".ruff_cache"}
)
TESTS = re.compile(r"tests?|testing|tests?_.*|.*_tests?", re.IGNORECASE)


class Place(Struct, frozen=True):
    """A path, and whether it and everything below it is shown; the deepest place counts."""

    path: str
    shown: bool


def survey(rootdir: Path) -> tuple[Place, ...]:
    """The places of a machine with the project at `rootdir`, parents first.

    Args:
        rootdir: The project's; the whole repository around it is shown, except what looks like a secret, and
            nothing that lies beside the repository.
    """
    homes = _homes()
    project = _project(rootdir, homes)
    hidden = {os.path.realpath(path) for path in (*homes, *PRIVATE, *_beside(project))} - {os.sep}
    installed = {os.path.realpath(path) for path in _installed()}
    shown = {path for path in map(os.path.realpath, _imported()) if not _holds(path, homes)}
    places = dict.fromkeys(hidden, False) | dict.fromkeys({*shown, *installed, project}, True)
    tops = [project]
    for path in sorted(shown):
        tops += [] if _is_below(path, {*tops, *installed, *SYSTEM}) else [path]
    for top in tops:
        places |= dict.fromkeys(_secrets(top, {*tops, *installed}, at_home=_holds(top, homes)), False)
    # A directory that Python itself lies in may be named like a secret.
    places |= dict.fromkeys((path for path in {*shown, *installed} if path != project), True)
    return tuple(_told({path: shown for path, shown in places.items() if Path(path).exists()}))


def _is_below(path: str, others: Iterable[str]) -> bool:
    """Whether the path is one of the others, or inside one."""
    return any(Path(path).is_relative_to(other) for other in others)


def _beside(project: str) -> list[str]:
    """What is hidden because it is beside the project: the folder around it, or each entry if that is the root."""
    folder = str(Path(project).parent)
    if folder == os.sep:
        paths = [entry.path for entry in _scan(folder) if not entry.is_symlink()]
        return [path for path in paths if path not in {*SYSTEM, project}]
    return [] if folder in SYSTEM else [folder]


def _told(places: dict[str, bool]) -> Iterator[Place]:
    """Only the places that differ from the nearest place above them; the root is shown."""
    shown = {os.sep: True}
    for path in sorted(places):
        if places[path] != next(shown[str(above)] for above in Path(path).parents if str(above) in shown):
            shown[path] = places[path]
            yield Place(path, places[path])


def _homes() -> tuple[str, ...]:
    with contextlib.suppress(KeyError):
        return (*HOMES, os.path.realpath(pwd.getpwuid(os.getuid()).pw_dir), os.path.realpath(Path.home()))
    return (*HOMES, os.path.realpath(Path.home()))


def _holds(path: str, homes: Iterable[str]) -> bool:
    """Whether a home lies at or below the path."""
    return any(Path(home).is_relative_to(path) for home in homes)


def _project(rootdir: Path, homes: Iterable[str]) -> str:
    root = rootdir.resolve()
    tops = [place for place in (root, *root.parents) if (place / ".git").exists()]
    return str(tops[0] if tops and not _holds(str(tops[0]), homes) else root)


def _installed() -> Iterator[str]:
    """Where Python and its installed packages are."""
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
    yield os.path.realpath(sys.executable)
    if site.ENABLE_USER_SITE:
        yield site.getuserbase()


def _imported() -> Iterator[str]:
    """Where this process, which ran the project's tests, imports from."""
    yield from (entry for entry in sys.path if entry and Path(entry).exists())
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if "." not in name and isinstance(file, str) and Path(file).is_absolute():
            yield str(Path(file).parent) if Path(file).name.startswith("__init__.") else file


def _secrets(top: str, others: Collection[str], *, at_home: bool) -> Iterator[str]:
    """What looks like a secret in or below a folder, except in `others` and what is published with the folder."""
    likely: list[str] = []
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        for entry in _scan(folder):
            is_folder = entry.is_dir(follow_symlinks=False)
            if (private.is_folder if is_folder else private.is_file)(entry.name):
                likely.append(entry.path)
            elif at_home and folder == top and entry.name.startswith(".") and not entry.is_symlink():
                yield entry.path
            elif is_folder and entry.name not in NOT_SEARCHED and entry.path not in others:
                waiting.append(entry.path)
    tracked = _tracked(top) if any(Path(path).is_file() for path in likely) else None
    for path in likely:
        file = os.path.realpath(path)  # for a link, its target is the secret
        is_inside = _is_below(file, {top}) and (path == file or Path(file).is_file())
        if is_inside and not _is_published(os.path.relpath(path, top), tracked):
            yield file


def _is_published(path: str, tracked: frozenset[str] | None) -> bool:
    """Whether a file is test data, or a certificate for everyone: what git tracks is no secret any more.

    Without git, only keys and certificates among the tests count as published.
    """
    *folders, name = Path(path).parts
    is_test_data = any(TESTS.fullmatch(folder) for folder in folders)
    if tracked is None:
        return is_test_data and private.is_key(name)
    return path in tracked and (is_test_data or private.is_key(name))


def _tracked(top: str) -> frozenset[str] | None:
    """The files that git tracks in a folder, relative to it; None if git does not say."""
    words = ("-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--recurse-submodules")
    try:
        return frozenset(os.fsdecode(changes.need(Path(top), *words)).split("\0"))
    except UsageError:
        return None


def entries(places: Iterable[Place]) -> tuple[list[str], list[str]]:
    """The paths that are shown with everything below them, and the directories that are shown in part."""
    labels = {place.path: place.shown for place in places}
    above = {str(parent) for path in labels for parent in Path(path).parents}
    whole: list[str] = []
    partly: list[str] = []

    def visit(path: str, *, shown: bool) -> None:
        shown = labels.get(path, shown)
        if path not in above:
            whole.extend([path] if shown else [])
            return
        partly.extend([path] if shown and path != os.sep else [])
        for entry in _scan(path):
            if not entry.is_symlink():
                visit(entry.path, shown=shown)

    visit(os.sep, shown=True)
    return whole, partly


def _scan(path: str) -> list[os.DirEntry[str]]:
    with contextlib.suppress(OSError):
        return list(os.scandir(path))
    return []
