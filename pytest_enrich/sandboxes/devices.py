"""Device files: whoever owns one may change its mode, and for the whole machine, however it is mounted.

bwrap mounts the machine's. Where they belong to this user (to root, in most containers) each process is given some
of its own; where none can be made, no mode can be changed at all.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Literal, TypeAlias

Devices: TypeAlias = Literal["theirs", "copied", "exposed"]
"""Of another user; of this one, who can make more; of this one, who cannot."""

NUMBERS = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
"""As bwrap has them in its `/dev`, with their numbers on Linux."""
FOLDER = "dev"
EVERYBODY = 0o666


def found() -> Devices:
    """What they are on this machine, tried just now."""
    if Path(os.devnull).stat().st_uid != os.geteuid():
        return "theirs"
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-devices-") as name:
        try:
            copy(Path(name))
            Path(name, FOLDER, "null").write_bytes(b"")  # on some file systems they are there and do nothing
        except OSError:
            return "exposed"
    return "copied"


def copy(place: Path) -> tuple[str, ...]:
    """Make them in a directory; the words that have bwrap put them into the place of the machine's.

    Raises:
        OSError: They cannot be made.
    """
    words: list[str] = []
    (place / FOLDER).mkdir()
    for name, numbers in NUMBERS.items():
        file = place / FOLDER / name
        os.mknod(file, stat.S_IFCHR | EVERYBODY, os.makedev(*numbers))
        file.chmod(EVERYBODY)  # whatever the umask is
        words += ["--dev-bind", str(file), f"/dev/{name}"]
    return tuple(words)
