"""What of the machine's files a job may see: all but what is private, and of that what Python needs."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import site
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

HOMES = ("/home", "/root", "/Users")
PRIVATE = (
    "/boot", "/dev", "/etc/docker", "/etc/gshadow", "/etc/gshadow-", "/etc/kubernetes", "/etc/letsencrypt",
    "/etc/NetworkManager", "/etc/shadow", "/etc/shadow-", "/etc/ssh", "/etc/ssl/private", "/etc/sudoers",
    "/etc/sudoers.d", "/etc/wireguard", "/media", "/mnt", "/run", "/tmp", "/var/lib/docker",  # noqa: S108 - hidden, not used
    "/var/log", "/var/mail", "/var/run", "/var/spool", "/var/tmp",  # noqa: S108 - the same
)  # fmt: skip
SECRET = re.compile(
    r"\.git|\.env|\.env\.(?!example$|sample$|template$|dist$|test$).*|\.netrc|\.pypirc|\.npmrc|\.git-credentials"
    r"|\.ssh|\.gnupg|\.aws|\.azure|\.docker|\.kube|\.config|id_(rsa|dsa|ecdsa|ed25519)(\.pub)?|enrich-suggestions"
)
"""Names that are hidden in the project too."""

NOT_SEARCHED = frozenset(
    {"node_modules", "site-packages", "__pycache__", ".tox", ".nox", ".venv", "venv", ".mypy_cache", ".ruff_cache"}
)
DEEPEST = 6


class Place(Struct, frozen=True):
    """A path, and whether it and all below it is shown; of several the deepest counts."""

    path: str
    shown: bool


def survey(rootdir: Path, needed: Iterable[str] = ()) -> tuple[Place, ...]:
    """The places of a machine with the project at `rootdir`, those above first.

    Args:
        rootdir: The project's; the whole repository that it lies in is shown, less what looks like a secret.
        needed: More that must be seen, besides what this process imports from.
    """
    homes = _homes()
    hidden = {os.path.realpath(path) for path in (*homes, *PRIVATE)} - {os.sep}
    project = _project(rootdir, homes)
    shown = {path for path in map(os.path.realpath, (*needed, *_imported())) if not _holds(path, homes)}
    places = dict.fromkeys(hidden, False) | dict.fromkeys({*shown, project}, True)
    places |= dict.fromkeys(_secrets(project, homes), False)
    # A secret's name may be that of a directory in which Python itself lies.
    places |= dict.fromkeys((path for path in shown if path != project), True)
    return tuple(_told({path: shown for path, shown in places.items() if Path(path).exists()}))


def _told(places: dict[str, bool]) -> Iterator[Place]:
    """Only the places that differ from what holds above them; all is shown at the top."""
    kept = {os.sep: True}
    for path in sorted(places):
        if places[path] != next(kept[str(above)] for above in Path(path).parents if str(above) in kept):
            kept[path] = places[path]
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


def _imported() -> Iterator[str]:
    """Where this process, which ran the project's tests, imports from."""
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
    yield os.path.realpath(sys.executable)
    yield from (entry for entry in sys.path if entry and Path(entry).exists())
    if site.ENABLE_USER_SITE:
        yield site.getuserbase()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if "." not in name and isinstance(file, str) and Path(file).is_absolute():
            yield str(Path(file).parent) if Path(file).name.startswith("__init__.") else file


def _secrets(project: str, homes: Iterable[str]) -> Iterator[str]:
    at_home = _holds(project, homes)
    for folder, folders, files in os.walk(project):
        top = folder == project
        for name in (*folders, *files):
            if SECRET.fullmatch(name) or (top and at_home and name.startswith(".")):
                path = Path(folder, name)
                if not path.is_symlink():
                    yield str(path)
        deep = folder.count(os.sep) - project.count(os.sep) >= DEEPEST
        folders[:] = [] if deep else [name for name in folders if _is_searched(name)]


def _is_searched(name: str) -> bool:
    return name not in NOT_SEARCHED and not SECRET.fullmatch(name)


def entries(places: Iterable[Place]) -> tuple[list[str], list[str]]:
    """The paths that are shown with all below them, and the directories that are shown in part."""
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
