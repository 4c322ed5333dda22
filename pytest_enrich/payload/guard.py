"""Keeps candidates and explored code from leaving traces in the project; tidiness, not security.

An audit hook sees what Python code asks of the system. Code that means harm gets round it (through ctypes, or
a program of its own): that is what the sandbox's other layers are for.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
EVERYONE = {-1, 1}

# Positions of a path and of the directory descriptor it is relative to (None: there is none).
CHANGING: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),),
    "os.removexattr": ((0, None),),
    "os.chflags": ((0, None),),
}

_denied: list[str] = []


def denials() -> int:
    """How often something was denied in this process so far."""
    return len(_denied)


def install(scratch: str, rootdir: str, *, subprocesses: bool) -> Places:
    """From now on deny writing outside of `scratch` and the temporary directory, and the network.

    A denied action raises `PermissionError`. It lasts as long as the process, in its forks too.

    Args:
        scratch: Where everything is allowed, absolute.
        rootdir: The project's; in it nothing is, even if it lies in the temporary directory.
        subprocesses: Whether programs may be started (what those do is not seen).

    Returns:
        The places that it keeps to: a fork may move to a scratch directory of its own.
    """
    places = Places(scratch, rootdir)
    checks: dict[str, Callable[[tuple[Any, ...]], None]] = {
        "open": lambda args: _check_open(places, args),
        "sqlite3.connect": lambda args: _check_database(places, args),
        "socket.connect": lambda args: _check_address(places, args[1]),
        "socket.bind": lambda args: _check_address(places, args[1]),
        "socket.sendto": lambda args: _check_address(places, args[1]),
        "socket.getaddrinfo": lambda args: _check_address(places, args[:2]),
        "os.kill": lambda args: _check_signal(args[0], places.supervisor),
        "os.killpg": lambda args: _check_signal(args[0], places.supervisor),
    }
    checks |= {event: _change(places, where) for event, where in CHANGING.items()}
    if not subprocesses:
        checks |= dict.fromkeys(PROGRAMS, lambda _args: _deny("starting another program"))

    def hook(event: str, args: tuple[Any, ...]) -> None:
        check = checks.get(event)
        if check is not None:
            check(args)

    sys.addaudithook(hook)
    return places


def _deny(what: str) -> None:
    _denied.append(what)
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
        shared = ("/tmp", "/var/tmp", "/dev", tempfile.gettempdir())  # noqa: S108 - named, not used
        self.free = tuple({_folder(name) for name in shared})

    def check(self, path: Any, directory: Any = None) -> None:
        """Deny what replaces or removes `path` (relative to the descriptor `directory`) elsewhere."""
        if isinstance(path, int) or path is None:
            return  # a descriptor: it was checked when it was opened
        own = os.fsdecode(path)
        if isinstance(directory, int) and directory >= 0 and not os.path.isabs(own):  # noqa: PTH117 - a text
            own = os.path.join(_directory_of(directory), own)  # noqa: PTH118 - the same
        # The last part is not resolved: a link is removed or replaced, not what it leads to.
        head, tail = os.path.split(os.path.abspath(own))  # noqa: PTH100 - the same
        if not self._allowed(os.path.join(os.path.realpath(head), tail)):  # noqa: PTH118 - the same
            _deny(f"writing outside the scratch directory ({own})")

    def check_target(self, path: Any) -> None:
        """Deny what writes into what `path` leads to elsewhere."""
        if isinstance(path, int):
            return
        own = os.path.realpath(os.fsdecode(path))
        if not self._allowed(own):
            _deny(f"writing outside the scratch directory ({own})")

    def _allowed(self, path: str) -> bool:
        inside = path + os.sep
        if inside.startswith(self.scratch):
            return True
        return not inside.startswith(self.rootdir) and inside.startswith(self.free)


def _folder(name: str) -> str:
    return os.path.join(os.path.realpath(name), "")  # noqa: PTH118 - ends in a separator


def _directory_of(descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - a text
    except OSError:
        return os.curdir


def _change(places: Places, where: tuple[tuple[int, int | None], ...]) -> Callable[[tuple[Any, ...]], None]:
    def check(args: tuple[Any, ...]) -> None:
        for position, relative_to in where:
            known = relative_to is not None and relative_to < len(args)
            places.check(args[position], args[relative_to] if known and relative_to is not None else None)

    return check


def _check_open(places: Places, args: tuple[Any, ...]) -> None:
    path, mode, flags = args
    writes = flags & WRITING if isinstance(flags, int) else bool(set(mode or "") & set("wax+"))
    if writes and path is not None:
        places.check_target(path)


def _check_database(places: Places, args: tuple[Any, ...]) -> None:
    name = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes, os.PathLike)) else ""
    plain = name.partition("?")[0].removeprefix("file:")
    if plain not in {"", ":memory:"} and "mode=memory" not in name and "mode=ro" not in name:
        places.check_target(plain)


def _check_address(places: Places, address: Any) -> None:
    if isinstance(address, (str, bytes)):
        if not os.fsdecode(address).startswith("\0"):
            places.check_target(address)
        return
    host = address[0] if isinstance(address, tuple) and address else None
    if not _is_loopback(host):
        _deny(f"the network ({host!r})")


def _is_loopback(host: Any) -> bool:
    if host is None or not isinstance(host, (str, bytes)):
        return host is None
    name = os.fsdecode(host)
    if name in {"", "localhost", "0.0.0.0", "::"}:  # noqa: S104 - recognised, not bound
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _check_signal(process: int, supervisor: int) -> None:
    if process in EVERYONE or process == supervisor:
        _deny(f"a signal to process {process}")
