"""What a job finds round it: environment variables, a home and a temporary folder of its own."""

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
"""In a job's own directory."""
UTF_8 = [[0, 0xD7FF], [0xE000, 0x10FFFF]]
"""All characters but surrogates: Hypothesis tries a million of them one by one, for seconds."""
KNOWN = {
    f"{name}.json.gz": gzip.compress(json.dumps(known).encode(), mtime=1)
    for name, known in {"codec-utf-8": UTF_8, "codec-v2-utf-8": [UTF_8, []]}.items()
}
"""What older and newer versions keep of that encoding, by the name of their file."""
CREDENTIALS_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
AGENTS = frozenset({"SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "DBUS_SESSION_BUS_ADDRESS"})
"""They lead to someone who signs or decrypts for the user."""

OF_OUTER_RUN = re.compile(
    r"PYTEST_(XDIST_\w*|ADDOPTS|CURRENT_TEST|VERSION|DEBUG)|COV_CORE_\w*|COVERAGE_\w*|PYTHONINSPECT|PYTHONSTARTUP"
)
"""They would make the job part of the run that started it, or make it wait for a person."""

JOB = "PYTEST_ENRICH_JOB"
"""Marks every process of a job, so that those that got away are found by it."""


LANGUAGES = ("LANG", "LC_ALL", "LANGUAGE")
"""With `LC_ALL` all of a locale is set; `LANGUAGE` would go before it."""
PERSONAL = ("USER", "LOGNAME", "USERNAME", "EDITOR", "VISUAL", "PAGER", "BROWSER")
HERE = World()
OURS = "pytest-enrich-"
"""How the names of all our temporary folders begin."""
PREFIX = f"{OURS}job-"
TEMPORARY = "tmp"
HOME = "home"
CACHE = "cache"
"""Pytest's. Where it has to make that itself it changes its mode, and warns where the isolation forbids it."""
MOMENT, DAY = 10, 24 * 60 * 60


def bring_characters(place: Path) -> None:
    """Put what Hypothesis need not find out of UTF-8 into a job's own directory."""
    folder = place / CHARACTERS / "unicode_data" / unicodedata.unidata_version
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True)
        for name, known in KNOWN.items():
            (folder / name).write_bytes(known)


def clean(
    environ: Mapping[str, str], scratch: Path, *, allowed: Collection[str] = (), world: World = HERE
) -> dict[str, str]:
    """What a job gets of `environ`.

    Args:
        environ: The environment of this process.
        scratch: The job's own directory: its home, its temporary directory.
        allowed: Names that are passed on although they look like secrets.
        world: What of it is to be as elsewhere.
    """
    kept = {name: value for name, value in environ.items() if name in allowed or _is_harmless(name, value)}
    return kept | _own(scratch, world.home) | _of(world) | {JOB: scratch.name}


def _of(world: World) -> dict[str, str]:
    own = {"PYTHONHASHSEED": str(world.hash_seed)}
    own |= {"TZ": world.timezone} if world.timezone else {}
    own |= {"COLUMNS": str(world.columns)} if world.columns else {}
    own |= dict.fromkeys(LANGUAGES, world.locale) if world.locale else {}
    return own | (dict.fromkeys(PERSONAL, world.person) if world.person else {})


def _is_harmless(name: str, value: str) -> bool:
    secret = private.is_variable(name) or CREDENTIALS_IN_URL.search(value) or name in AGENTS
    return not secret and not OF_OUTER_RUN.fullmatch(name)


def _own(scratch: Path, name: str) -> dict[str, str]:
    home, temporary = str(scratch / name), str(scratch / "tmp")
    own = {
        "HOME": home,
        CHARACTERS_VARIABLE: str(scratch / CHARACTERS),
        "PYTEST_ENRICH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    own |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary)
    for kind in ("CONFIG", "CACHE", "DATA", "STATE"):
        own[f"XDG_{kind}_HOME"] = f"{home}/{kind.lower()}"
    own["XDG_RUNTIME_DIR"] = temporary
    if site.ENABLE_USER_SITE:
        # With another home, what was installed with `pip install --user` would be gone.
        own["PYTHONUSERBASE"] = site.getuserbase()
    return own


@contextlib.contextmanager
def scratch_directory(within: Path | None = None, home: str = HOME) -> Iterator[Path]:
    """A new directory with `home`, `tmp` and `cache` in it, only for this user; removed whatever is done to it.

    Args:
        within: Where it is made; by default where temporary files are.
        home: The name of the home in it.

    Raises:
        OSError: It cannot be made (no space, no temporary directory).
    """
    # Resolved: on macOS the temporary directory is a link, and pytest shows resolved paths.
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within)).resolve()
    try:
        with contextlib.ExitStack() as held:
            with contextlib.suppress(OSError):  # where there are no locks, nothing is swept away either
                held.enter_context(contextlib.nullcontext() if within else _locked(place))
            for part in (home, TEMPORARY, CACHE):
                (place / part).mkdir()
            bring_characters(place)
            yield place
    finally:
        remove_scratch(place)


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[None]:
    """While it lasts, nobody takes the directory for one that was left behind.

    Raises:
        OSError: Somebody holds it; it is no directory of this user's; or there are no locks here.
    """
    import fcntl  # there is none on Windows

    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(f"{place} belongs to somebody else")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def sweep() -> None:
    """Remove what was left behind by runs that were killed: of ours, what nobody holds.

    Our other temporary folders are not locked: they count as left behind when they are a day old.
    """
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(tempfile.gettempdir())):
            if entry.name.startswith(OURS):
                with contextlib.suppress(OSError):
                    _sweep(Path(entry.path), is_job=entry.name.startswith(PREFIX))


def _sweep(place: Path, *, is_job: bool) -> None:
    age = time.time() - place.lstat().st_mtime
    if age > (MOMENT if is_job else DAY):  # one that is being made is not locked yet
        with _locked(place):
            remove_scratch(place)


def remove_scratch(place: Path) -> None:
    """Remove a directory and all in it, read-only directories too; links are not followed."""
    shutil.rmtree(place, ignore_errors=True)
    if place.exists():
        _unlock(place)
        shutil.rmtree(place, ignore_errors=True)


def _unlock(place: Path) -> None:
    """Top down: a directory that cannot be read hides those below it."""
    with contextlib.suppress(OSError):
        place.chmod(stat.S_IRWXU)
    for folder, names, _files in os.walk(place):
        for name in names:
            below = Path(folder, name)
            if not below.is_symlink():
                with contextlib.suppress(OSError):
                    below.chmod(stat.S_IRWXU)
