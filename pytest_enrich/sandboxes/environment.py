"""The environment variables of a job: the user's, less what looks like a secret, with a home of its own."""

from __future__ import annotations

import re
import site
from collections.abc import Collection, Mapping
from pathlib import Path

from pytest_enrich.config import private
from pytest_enrich.data import World
from pytest_enrich.sandboxes import characters

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
        characters.VARIABLE: str(scratch / characters.STORAGE),
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
