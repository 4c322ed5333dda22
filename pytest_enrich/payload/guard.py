"""Where code in a sandbox may write, as far as Python's audit events tell."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable
from os import getcwd  # the original, whatever a test puts in its place
from pathlib import Path
from typing import Any

DEVICES = "/dev/"

denied: list[str] = []
"""What was denied in this process so far, or may end differently outside of the sandbox."""
unwritten: list[str] = []
"""The paths in the project, relative to it, that this process was not allowed to write so far."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
EVERYONE = {-1, 1}
RESERVED = range(1, 1024)
"""Ports that not every user may bind."""
AS_IT_IS = (-1, 2**32 - 1)
LISTENING = "0A"
TABLES = ("/proc/net/tcp", "/proc/net/tcp6")

# Positions of a path and of the directory descriptor that it is relative to (None if there is none).
CHANGING: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
}
# The same for events that change the file that a path or a descriptor leads to.
OF_TARGET: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),),
    "os.removexattr": ((0, None),),
    "os.chflags": ((0, None),),
}


def deny(what: str) -> None:
    """Note what is denied, and raise a `PermissionError`."""
    denied.append(what)
    # With an errno, so that the text stays if somebody sets `filename` on it, as `shutil.rmtree` does.
    raise PermissionError(errno.EACCES, f"pytest-enrich: {what} is not allowed here")


class Places:
    """Where writing is allowed, and which process may not be sent signals."""

    def __init__(self, scratch: str, rootdir: str, writes: Iterable[str] = ()) -> None:
        self.rootdir = _folder(rootdir)
        self.writes = tuple(os.path.join(self.rootdir, name, "") for name in writes)  # noqa: PTH118 - ends in a separator
        self.move(scratch)

    def move(self, scratch: str) -> None:
        """Allow writing in `scratch` and the current temporary directory from now on."""
        self.supervisor = os.getppid()
        self.scratch = _folder(scratch)
        shared = ("/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir())  # noqa: S108 - named, not used
        self.free = tuple({_folder(name) for name in shared})

    def check(self, path: Any, directory: Any = None) -> None:
        """Deny replacing or removing `path` (relative to the descriptor `directory`) outside of these places."""
        whole = _whole(path, directory)
        # The last part is not resolved: a link is removed or replaced, not its target.
        head, tail = os.path.split(os.path.abspath(whole))  # noqa: PTH100 - the same
        self._need(os.path.join(os.path.realpath(head), tail), whole)  # noqa: PTH118 - the same

    def check_making(self, path: Any, directory: Any = None) -> None:
        """Deny a new directory outside of these places; if the path exists already, nothing would be made."""
        if not os.path.lexists(_whole(path, directory)):
            self.check(path, directory)

    def check_target(self, path: Any, directory: Any = None) -> None:
        """Deny changing the file that `path`, or a descriptor, leads to outside of these places."""
        target = os.path.realpath(_named(path) if isinstance(path, int) else _whole(path, directory))
        self._need(target, target)

    def check_writing(self, path: Any) -> None:
        """Deny writing into what `path` leads to outside of these places, except for devices."""
        if isinstance(path, int):
            return  # a descriptor: it was checked when it was opened
        if not os.path.realpath(os.fsdecode(path)).startswith(DEVICES):
            self.check_target(path)

    def _need(self, path: str, shown: str) -> None:
        if self._allowed(path):
            return
        if path.startswith(self.rootdir):
            unwritten.append(os.path.relpath(path, self.rootdir))
        deny(f"writing outside the scratch directory ({shown})")

    def _allowed(self, path: str) -> bool:
        inside = path + os.sep
        if inside.startswith((self.scratch, *self.writes)):
            return True
        return not inside.startswith(self.rootdir) and inside.startswith(self.free)


class Additions:
    """What is added to these directories of the project from now on; nobody else writes there."""

    def __init__(self, places: Places, folders: Iterable[str]) -> None:
        self._places = places
        self._before = {folder: set(os.listdir(folder)) for folder in folders}  # noqa: PTH208 - names

    def remove(self) -> None:
        """Restore the directories, whoever was allowed to write what was added to them."""
        allowed = self._places.writes
        for folder, before in self._before.items():
            added = set(os.listdir(folder)) - before  # noqa: PTH208 - names
            self._places.writes = tuple(os.path.join(_folder(folder), name, "") for name in added)  # noqa: PTH118 - the same
            clear(folder, added)
        self._places.writes = allowed


def whereabouts() -> str:
    """The working directory, "" if it was removed."""
    with contextlib.suppress(OSError):
        return getcwd()  # noqa: PTH109 - the original
    return ""


def is_left(place: str) -> bool:
    """Whether the working directory is no longer `place`; if so, go back there: other code finds files by it."""
    if not place or whereabouts() == place:
        return False
    os.chdir(place)
    return True


def clear(folder: str, names: Iterable[str]) -> None:
    """Remove these files and directories from a folder, as far as they exist."""
    for name in names:
        path = Path(folder, name)
        with contextlib.suppress(OSError):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _folder(name: str) -> str:
    return os.path.join(os.path.realpath(name), "")  # noqa: PTH118 - ends in a separator


def _whole(path: Any, directory: Any) -> str:
    """The path, below the directory whose descriptor it is relative to."""
    text = os.fsdecode(path)
    if isinstance(directory, int) and directory >= 0 and not os.path.isabs(text):  # noqa: PTH117 - a text
        return os.path.join(_file_of(directory), text)  # noqa: PTH118 - the same
    return text


def _named(descriptor: int) -> str:
    """The file of a descriptor; for what has no name (a pipe, memory), a place where writing is allowed."""
    name = _file_of(descriptor)
    return name if name.startswith("/") and not name.startswith("/memfd:") else tempfile.gettempdir()


def _file_of(descriptor: int) -> str:
    """The file that the system names for a descriptor; the working directory if it names none."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - a text
    except OSError:
        return os.curdir


def install(scratch: str, rootdir: str, *, subprocesses: bool, writes: Iterable[str] = ()) -> Places:
    """Deny the network, and writing outside of `scratch` and the temporary directory, from now on.

    A denied action raises `PermissionError`. This lasts as long as the process, and applies to its forks.

    Args:
        scratch: The directory where everything is allowed, absolute.
        rootdir: That of the project, where nothing is allowed, even if it is in the temporary directory.
        subprocesses: Whether programs may be started (what they do is not seen).
        writes: Paths in the project, relative to it, where writing is allowed all the same, with all below.

    Returns:
        The places that it uses: a fork may move them to its own scratch directory.
    """
    places = Places(scratch, rootdir, writes)
    checks: dict[str, Callable[[tuple[Any, ...]], None]] = {
        "open": lambda args: _check_open(places, args),
        "sqlite3.connect": lambda args: _check_database(places, args),
        "socket.connect": lambda args: _check_connection(places, *args),
        "socket.bind": lambda args: _check_binding(places, args[1]),
        "socket.sendto": lambda args: _check_address(places, args[1]),
        "socket.sendmsg": lambda args: _check_address(places, args[1]),
        "socket.getaddrinfo": lambda args: _check_address(places, args[:2]),
        "os.kill": lambda args: _check_signal(args[0], places.supervisor),
        "os.killpg": lambda args: _check_signal(args[0], places.supervisor),
    }
    checks |= {event: _change(places.check, positions) for event, positions in CHANGING.items()}
    checks |= {event: _change(places.check_target, positions) for event, positions in OF_TARGET.items()}
    checks["os.mkdir"] = _change(places.check_making, ((0, 2),))
    checks["os.chown"] = lambda args: _check_owner(places, args)
    if not subprocesses:
        checks |= dict.fromkeys(PROGRAMS, lambda _args: deny("starting another program"))

    def hook(event: str, args: tuple[Any, ...]) -> None:
        check = checks.get(event)
        if check is not None:
            check(args)

    sys.addaudithook(hook)
    return places


def _change(
    of_path: Callable[[Any, Any], None], where: tuple[tuple[int, int | None], ...]
) -> Callable[[tuple[Any, ...]], None]:
    def check(args: tuple[Any, ...]) -> None:
        for position, relative_to in where:
            of_path(args[position], None if relative_to is None else next(iter(args[relative_to:]), None))

    return check


def _check_open(places: Places, args: tuple[Any, ...]) -> None:
    path, mode, flags = args
    writes = flags & WRITING if isinstance(flags, int) else bool(set(mode or "") & set("wax+"))
    if writes and path is not None:
        places.check_writing(path)


def _check_database(places: Places, args: tuple[Any, ...]) -> None:
    name = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes, os.PathLike)) else ""
    plain = name.partition("?")[0].removeprefix("file:")
    if plain not in {"", ":memory:"} and "mode=memory" not in name and "mode=ro" not in name:
        places.check_writing(plain)


def _check_address(places: Places, address: Any) -> None:
    if isinstance(address, (str, bytes)):
        if not os.fsdecode(address).startswith("\0"):
            places.check_writing(address)
        return
    host = address[0] if isinstance(address, tuple) and address else None
    if not _is_loopback(host):
        deny(f"the network ({host!r})")


def _check_binding(places: Places, address: Any) -> None:
    _check_address(places, address)
    if _port(address) in RESERVED:
        denied.append("a port that some may bind and some may not")


def _check_connection(places: Places, sock: socket.socket, address: Any) -> None:
    """Note a connection to a service that was not started inside: it may exist outside, or not."""
    _check_address(places, address)
    port = _port(address)
    if port is not None and sock.type == socket.SOCK_STREAM and not _is_served(port):
        denied.append("a service that may be there outside")


def _port(address: Any) -> int | None:
    port = address[1] if isinstance(address, tuple) and len(address) > 1 else None
    return port if isinstance(port, int) else None


def _is_served(port: int) -> bool:
    """Whether anybody listens on a port here; yes if the system does not tell."""
    rows = []
    for table in TABLES:
        with contextlib.suppress(OSError):
            rows += [line.split() for line in Path(table).read_text("ascii").splitlines()[1:]]
    ports = (fields[1].rpartition(":")[2] for fields in rows if fields[3] == LISTENING)
    return not os.path.exists(TABLES[0]) or f"{port:04X}" in ports  # noqa: PTH110 - nothing but a look


def _check_owner(places: Places, args: tuple[Any, ...]) -> None:
    """Check the target, and note an owner other than the current user: only root may set it."""
    _change(places.check_target, OF_TARGET["os.chown"])(args)
    if args[1] not in {*AS_IT_IS, os.getuid()} or args[2] not in {*AS_IT_IS, os.getgid(), *os.getgroups()}:
        denied.append("a file for another user")


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
        deny(f"a signal to process {process}")
