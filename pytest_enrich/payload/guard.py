"""Keeps candidates and explored code from leaving traces in the project; tidiness, not security.

An audit hook sees what Python code asks of the system. Code that means harm gets round it (through ctypes, or
a program of its own): that is what the sandbox's other layers are for.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .places import Places, denied, deny

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
EVERYONE = {-1, 1}
RESERVED = range(1, 1024)
"""Ports that some may bind and some may not."""
AS_IT_IS = (-1, 2**32 - 1)
LISTENING = "0A"
TABLES = ("/proc/net/tcp", "/proc/net/tcp6")

# Positions of a path and of the directory descriptor it is relative to (None: there is none).
CHANGING: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
}
# The same of what changes the file that a path leads to, or a descriptor.
OF_TARGET: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),),
    "os.removexattr": ((0, None),),
    "os.chflags": ((0, None),),
}


def denials() -> int:
    """How often something was done in this process so far that is denied, or that may end otherwise outside."""
    return len(denied)


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
        "socket.connect": lambda args: _check_connection(places, *args),
        "socket.bind": lambda args: _check_binding(places, args[1]),
        "socket.sendto": lambda args: _check_address(places, args[1]),
        "socket.sendmsg": lambda args: _check_address(places, args[1]),
        "socket.getaddrinfo": lambda args: _check_address(places, args[:2]),
        "os.kill": lambda args: _check_signal(args[0], places.supervisor),
        "os.killpg": lambda args: _check_signal(args[0], places.supervisor),
    }
    checks |= {event: _change(places.check, where) for event, where in CHANGING.items()}
    checks |= {event: _change(places.check_target, where) for event, where in OF_TARGET.items()}
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
            known = relative_to is not None and relative_to < len(args)
            of_path(args[position], args[relative_to] if known and relative_to is not None else None)

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
    """Who listens outside is not known here: only what was begun inside can be relied on."""
    _check_address(places, address)
    port = _port(address)
    if port is not None and sock.type == socket.SOCK_STREAM and not _is_served(port):
        denied.append("a service that may be there outside")


def _port(address: Any) -> int | None:
    port = address[1] if isinstance(address, tuple) and len(address) > 1 else None
    return port if isinstance(port, int) else None


def _is_served(port: int) -> bool:
    """Whether anybody listens; where the system does not tell, somebody may."""
    found = []
    for table in TABLES:
        with contextlib.suppress(OSError):
            found += [line.split() for line in Path(table).read_text("ascii").splitlines()[1:]]
    ends = (fields[1].rpartition(":")[2] for fields in found if fields[3] == LISTENING)
    return not os.path.exists(TABLES[0]) or f"{port:04X}" in ends  # noqa: PTH110 - nothing but a look


def _check_owner(places: Places, args: tuple[Any, ...]) -> None:
    """To give a file to somebody else is for root."""
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
