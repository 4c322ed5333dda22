"""Where code in a sandbox may write, as far as Python tells: which files a path or a descriptor leads to."""

from __future__ import annotations

import errno
import os
import tempfile
from typing import Any

DEVICES = "/dev/"

denied: list[str] = []
"""What was denied in this process so far, or may end otherwise outside."""


def deny(what: str) -> None:
    """Note it, and raise a `PermissionError`."""
    denied.append(what)
    # With its number, so that the text stays when somebody sets `filename` on it, as `shutil.rmtree` does.
    raise PermissionError(errno.EACCES, f"pytest-enrich: {what} is not allowed here")


class Places:
    """Where writing is allowed, and which process is not to be disturbed."""

    def __init__(self, scratch: str, rootdir: str) -> None:
        self.rootdir = _folder(rootdir)
        self.move(scratch)

    def move(self, scratch: str) -> None:
        """From now on `scratch` and today's temporary directory are where writing is allowed."""
        self.supervisor = os.getppid()
        self.scratch = _folder(scratch)
        shared = ("/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir())  # noqa: S108 - named, not used
        self.free = tuple({_folder(name) for name in shared})

    def check(self, path: Any, directory: Any = None) -> None:
        """Deny what replaces or removes `path` (relative to the descriptor `directory`) elsewhere."""
        own = _whole(path, directory)
        # The last part is not resolved: a link is removed or replaced, not what it leads to.
        head, tail = os.path.split(os.path.abspath(own))  # noqa: PTH100 - the same
        if not self._allowed(os.path.join(os.path.realpath(head), tail)):  # noqa: PTH118 - the same
            deny(f"writing outside the scratch directory ({own})")

    def check_target(self, path: Any, directory: Any = None) -> None:
        """Deny what changes the file elsewhere that `path`, or a descriptor, leads to."""
        own = os.path.realpath(_named(path) if isinstance(path, int) else _whole(path, directory))
        if not self._allowed(own):
            deny(f"writing outside the scratch directory ({own})")

    def check_writing(self, path: Any) -> None:
        """Deny writing into what `path` leads to elsewhere, but for devices."""
        if isinstance(path, int):
            return  # a descriptor: it was checked when it was opened
        if not os.path.realpath(os.fsdecode(path)).startswith(DEVICES):
            self.check_target(path)

    def _allowed(self, path: str) -> bool:
        inside = path + os.sep
        if inside.startswith(self.scratch):
            return True
        return not inside.startswith(self.rootdir) and inside.startswith(self.free)


def _folder(name: str) -> str:
    return os.path.join(os.path.realpath(name), "")  # noqa: PTH118 - ends in a separator


def _whole(path: Any, directory: Any) -> str:
    """The path, with the directory in front whose descriptor it is relative to."""
    own = os.fsdecode(path)
    if isinstance(directory, int) and directory >= 0 and not os.path.isabs(own):  # noqa: PTH117 - a text
        return os.path.join(_file_of(directory), own)  # noqa: PTH118 - the same
    return own


def _named(descriptor: int) -> str:
    """The file of a descriptor; what has no name (a pipe, memory) is in nobody's way, and nowhere."""
    name = _file_of(descriptor)
    return name if name.startswith("/") and not name.startswith("/memfd:") else tempfile.gettempdir()


def _file_of(descriptor: int) -> str:
    """As the system calls it; the working directory where it does not tell."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - a text
    except OSError:
        return os.curdir
