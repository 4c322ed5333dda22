"""Landlock: which files may be read and written, by raw system calls (libc has no functions for it)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from collections.abc import Iterable
from typing import Any

from .syscalls import System

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FIRST = (1 << 13) - 1
READ = EXECUTE | READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
BIND_OR_CONNECT_TCP = 3
ABSTRACT_SOCKETS_AND_SIGNALS = 3

# The versions of the kernel's interface that introduced what is used here.
REFERS, TRUNCATES, NETWORK, DEVICES, SCOPES = 2, 3, 4, 5, 6

VERSION_FLAG = 1
PATH_BENEATH = 1


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version(system: System) -> int:
    """The version of the kernel's Landlock.

    Raises:
        OSError: It has none, or Landlock is switched off.
    """
    return system.call("landlock_create_ruleset", None, ctypes.c_size_t(0), VERSION_FLAG)


def restrict(system: System, version: int, confinement: dict[str, Any], scratch: str) -> None:
    """Allow opening only what `confinement` names from now on; see `confine.apply`.

    Raises:
        OSError: The kernel refuses it.
    """
    handled = _handled(version)
    ruleset = _create(system, version, handled, network=not confinement["network"])
    try:
        everything = handled & ~(MAKE_CHAR | MAKE_BLOCK)
        for allowed, paths in (
            (READ, confinement["read"]),
            (READ_DIR, confinement["listed"]),
            (ON_FILES & ~EXECUTE | everything, confinement["write"]),
            (everything, [scratch]),
        ):
            _allow(system, ruleset, allowed & handled, paths)
        system.call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _handled(version: int) -> int:
    later = {REFERS: REFER, TRUNCATES: TRUNCATE, DEVICES: IOCTL_DEV}
    return FIRST | sum(right for since, right in later.items() if version >= since)


def _create(system: System, version: int, handled: int, *, network: bool) -> int:
    """Create a ruleset; the kernel accepts only as many words of description as its version knows."""
    words = [handled]
    if version >= NETWORK:
        words.append(BIND_OR_CONNECT_TCP if network else 0)
    if version >= SCOPES:
        words.append(ABSTRACT_SOCKETS_AND_SIGNALS)
    described = (ctypes.c_uint64 * len(words))(*words)
    return system.call(
        "landlock_create_ruleset", ctypes.byref(described), ctypes.c_size_t(ctypes.sizeof(described)), 0
    )


def _allow(system: System, ruleset: int, allowed: int, paths: Iterable[str]) -> None:
    for path in paths:
        # What is gone, or cannot be accessed, needs no permission.
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                _allow_one(system, ruleset, allowed, descriptor)
            finally:
                os.close(descriptor)


def _allow_one(system: System, ruleset: int, allowed: int, descriptor: int) -> None:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISLNK(mode):
        return  # a rule for it would allow its target
    rights = allowed if stat.S_ISDIR(mode) else allowed & ON_FILES
    if rights:
        rule = _Beneath(rights, descriptor)
        system.call("landlock_add_rule", ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
