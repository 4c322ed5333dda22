"""The surroundings of a job: environment variables, and a home and a temporary folder of its own."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import shutil
import site
import stat
import tempfile
import time
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pytest_enrich.config import private
from pytest_enrich.data import World

CHARACTERS_VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"
CHARACTERS = "hypothesis"
"""The folder of Hypothesis in a job's own directory."""
UTF_8 = [[0, 0xD7FF], [0xE000, 0x10FFFF]]
"""All characters but surrogates: to find them, Hypothesis tries a million one by one, which takes seconds."""
KNOWN = {
    f"{name}.json.gz": gzip.compress(json.dumps(ranges).encode(), mtime=1)
    for name, ranges in {"codec-utf-8": UTF_8, "codec-v2-utf-8": [UTF_8, []]}.items()
}
"""What older and newer versions of Hypothesis store about the encoding, by file name."""
CREDENTIALS_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
AGENTS = frozenset({"SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "DBUS_SESSION_BUS_ADDRESS"})
"""They lead to agents that sign or decrypt for the user."""

OF_OUTER_RUN = re.compile(
    r"PYTEST_(XDIST_\w*|ADDOPTS|CURRENT_TEST|VERSION|DEBUG)|COV_CORE_\w*|COVERAGE_\w*|PYTHONINSPECT|PYTHONSTARTUP"
)
"""They would make the job part of the run that started it, or make it wait for input."""

JOB = "PYTEST_ENRICH_JOB"
"""Marks every process of a job, so that those that escaped can be found."""


LANGUAGES = ("LANG", "LC_ALL", "LANGUAGE")
"""`LC_ALL` sets all of a locale, except that `LANGUAGE` would take precedence."""
PERSONAL = ("USER", "LOGNAME", "USERNAME", "EDITOR", "VISUAL", "PAGER", "BROWSER")
HERE = World()
OURS = "pytest-enrich-"
"""The prefix of the names of all our temporary folders."""
PREFIX = f"{OURS}job-"
TEMPORARY = "tmp"
HOME = "home"
CACHE = "cache"
"""Pytest's cache. If pytest has to make it, it changes its mode, and warns where the isolation forbids that."""
MOMENT, DAY = 10, 24 * 60 * 60


def bring_characters(place: Path) -> None:
    """Put what Hypothesis would otherwise compute about UTF-8 into a job's own directory."""
    folder = place / CHARACTERS / "unicode_data" / unicodedata.unidata_version
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True)
        for name, content in KNOWN.items():
            (folder / name).write_bytes(content)


def clean(
    environ: Mapping[str, str], scratch: Path, *, allowed: Collection[str] = (), world: World = HERE
) -> dict[str, str]:
    """The environment of a job, made from `environ`.

    Args:
        environ: The environment of this process.
        scratch: The job's own directory, with its home and its temporary directory.
        allowed: Names of variables that are passed on although they look like secrets.
        world: What should be as if elsewhere.
    """
    kept = {name: value for name, value in environ.items() if name in allowed or _is_harmless(name, value)}
    return kept | _own(scratch, world.home) | _of(world) | {JOB: scratch.name}


def _of(world: World) -> dict[str, str]:
    variables = {"PYTHONHASHSEED": str(world.hash_seed)}
    variables |= {"TZ": world.timezone} if world.timezone else {}
    variables |= {"COLUMNS": str(world.columns)} if world.columns else {}
    variables |= dict.fromkeys(LANGUAGES, world.locale) if world.locale else {}
    return variables | (dict.fromkeys(PERSONAL, world.person) if world.person else {})


def _is_harmless(name: str, value: str) -> bool:
    secret = private.is_variable(name) or CREDENTIALS_IN_URL.search(value) or name in AGENTS
    return not secret and not OF_OUTER_RUN.fullmatch(name)


def _own(scratch: Path, name: str) -> dict[str, str]:
    home, temporary = str(scratch / name), str(scratch / "tmp")
    variables = {
        "HOME": home,
        CHARACTERS_VARIABLE: str(scratch / CHARACTERS),
        "PYTEST_ENRICH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    variables |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary)
    for kind in ("CONFIG", "CACHE", "DATA", "STATE"):
        variables[f"XDG_{kind}_HOME"] = f"{home}/{kind.lower()}"
    variables["XDG_RUNTIME_DIR"] = temporary
    if site.ENABLE_USER_SITE:
        # With another home, what was installed with `pip install --user` would be gone.
        variables["PYTHONUSERBASE"] = site.getuserbase()
    return variables


@contextlib.contextmanager
def scratch_directory(within: Path | None = None, home: str = HOME) -> Iterator[Path]:
    """A new directory with `home`, `tmp` and `cache` in it, only for this user; removed whatever happens to it.

    Args:
        within: Where to make it; by default where temporary files go.
        home: The name of the home directory in it.

    Raises:
        OSError: It cannot be made (no space, no temporary directory).
    """
    # Resolved: on macOS the temporary directory is a link, and pytest shows resolved paths.
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within)).resolve()
    try:
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):  # without locks nothing is swept away either
                stack.enter_context(contextlib.nullcontext() if within else _locked(place))
            for part in (home, TEMPORARY, CACHE):
                (place / part).mkdir()
            bring_characters(place)
            yield place
    finally:
        remove_scratch(place)


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Lock the directory for the block, so that it is not taken for one that was left behind.

    Raises:
        OSError: Another process holds it; it does not belong to this user; or there are no locks here.
    """
    import fcntl  # not available on Windows

    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(f"{place} belongs to somebody else")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def sweep() -> None:
    """Remove the directories that killed runs have left behind: those of jobs that nobody holds.

    Our other temporary folders are not locked: they count as left behind when they are a day old.
    """
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(tempfile.gettempdir())):
            if entry.name.startswith(OURS):
                with contextlib.suppress(OSError):
                    _sweep(Path(entry.path), is_job=entry.name.startswith(PREFIX))


def _sweep(place: Path, *, is_job: bool) -> None:
    age = time.time() - place.lstat().st_mtime
    if age > (MOMENT if is_job else DAY):  # a new one may not be locked yet
        with _locked(place):
            remove_scratch(place)


def remove_scratch(place: Path) -> None:
    """Remove a directory and its contents, even read-only directories; links are not followed."""
    shutil.rmtree(place, ignore_errors=True)
    if place.exists():
        _unlock(place)
        shutil.rmtree(place, ignore_errors=True)


def _unlock(place: Path) -> None:
    """Make all directories accessible, top down: one that cannot be read hides those below it."""
    with contextlib.suppress(OSError):
        place.chmod(stat.S_IRWXU)
    for folder, names, _files in os.walk(place):
        for name in names:
            below = Path(folder, name)
            if not below.is_symlink():
                with contextlib.suppress(OSError):
                    below.chmod(stat.S_IRWXU)
