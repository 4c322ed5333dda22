"""The kernel's layers: what this process and all that it starts may no longer ask of the system. Linux only.

Landlock decides about files, seccomp about everything else; both last until the process ends and apply to its
children. Nothing here depends on the rest of the payload, so it also serves as the probe that finds out whether
the layers work on this machine.
"""

from __future__ import annotations

import os
from typing import Any

from . import landlock, syscalls
from .rules import Rules, install_filter
from .syscalls import drop_privileges

__all__ = ["NAMESPACES", "Rules", "apply", "narrow", "probe"]

NAMESPACES = ("mnt", "net", "pid")
ALLOWED = ("network", "metadata", "forks", "programs")
"""The keys of a confinement that say whether something is allowed."""


def apply(confinement: dict[str, Any] | None, scratch: str) -> None:
    """Confine this process, which must have a single thread and have opened what it needs for itself.

    Args:
        confinement: `read` (paths to read and execute, with everything below), `listed` (directories that may be
            listed), `write` (paths to write), and whether `network` (there is a separate network), `metadata`
            (modes and times may be set; mounts protect the rest), `forks` and `programs` are allowed. None to
            confine nothing.
        scratch: The directory where everything is allowed.

    Raises:
        OSError: The kernel lacks a layer or refuses it; then nothing untrusted may run.
    """
    if confinement is None:
        return
    system = syscalls.System.current()
    drop_privileges()
    version = landlock.version(system)
    landlock.restrict(system, version, confinement, scratch)
    allowed = {kind: confinement[kind] for kind in ALLOWED}
    rules = Rules(**allowed, signals=version >= landlock.SCOPES, truncates=version >= landlock.TRUNCATES)
    install_filter(system, rules.instructions(system, os.getpid(), os.getppid()))


def narrow(confinement: dict[str, Any] | None, *, programs: bool = False) -> None:
    """In a fork of a confined process, forbid forks, programs, and signals to others from now on.

    Args:
        confinement: As for `apply`; if None, nothing is confined.
        programs: Whether a process that may start programs keeps that right.

    Raises:
        OSError: The kernel refuses it.
    """
    if confinement is None or (programs and confinement["programs"]):
        return
    system = syscalls.System.current()
    rules = Rules(network=True, metadata=True, forks=False, programs=False, signals=False, truncates=True)
    install_filter(system, rules.instructions(system, os.getpid(), os.getppid()))


def probe(scratch: str) -> None:
    """Confine this process, and print the `NAMESPACES` that it is in only if that took effect."""
    import socket

    namespaces = " ".join(os.readlink(f"/proc/self/ns/{kind}") for kind in NAMESPACES)  # noqa: PTH115 - a text
    allowed = {"read": ["/usr", "/lib", "/lib64"], "listed": [], "write": []}
    apply(allowed | dict.fromkeys(ALLOWED, False), scratch)
    attempts = (
        lambda: os.scandir("/"),
        lambda: os.open("/etc/passwd", os.O_RDONLY),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        os.fork,
    )
    if not any(_works(attempt) for attempt in attempts):
        os.write(1, namespaces.encode())
    os._exit(0)


def _works(attempt: Any) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True
