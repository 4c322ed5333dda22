"""Seccomp: a program for the kernel that looks at every system call, assembled by hand."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import TypeAlias

from .syscalls import System

Instruction: TypeAlias = tuple[int, int, int, int]
"""Code, how many instructions to skip if true and if false, operand."""

LOAD, AND, RETURN = 0x20, 0x54, 0x06
IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT = 0x15, 0x35, 0x45
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
LOWER_HALF = 0xFFFFFFFF
SET_MODE_FILTER = 1
LONGEST = 4096


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("true", ctypes.c_uint8),
        ("false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


def deny(number: int) -> list[Instruction]:
    """The call answers with this errno and does nothing."""
    return [(RETURN, 0, 0, ERRNO | number)]


def only(argument: int, values: Iterable[int], number: int, *, mask: int = LOWER_HALF) -> list[Instruction]:
    """Allowed when the bits of `mask` in the argument (its lower 32 bits) are one of these values."""
    body = [_load(argument), (AND, 0, 0, mask)]
    for value in values:
        body += [(IF_EQUAL, 0, 1, value & 0xFFFFFFFF), (RETURN, 0, 0, ALLOW)]
    return body + deny(number)


def must(argument: int, value: int, number: int) -> list[Instruction]:
    """Denied when the argument is anything else; what follows decides about the rest."""
    return [_load(argument), (IF_EQUAL, 1, 0, value), *deny(number)]


def never(argument: int, values: Iterable[int], number: int) -> list[Instruction]:
    """Denied when the argument is one of these values."""
    body = [_load(argument)]
    for value in values:
        body += [(IF_EQUAL, 0, 1, value & 0xFFFFFFFF), *deny(number)]
    return [*body, (RETURN, 0, 0, ALLOW)]


def bits(argument: int, denied: int, needed: int, number: int) -> list[Instruction]:
    """Denied when one of the `denied` bits is set, or (unless it is 0) none of the `needed` ones."""
    body = [_load(argument), (IF_ANY_BIT, 0, 1, denied), *deny(number)]
    if needed:
        body += [(IF_ANY_BIT, 1, 0, needed), *deny(number)]
    return [*body, (RETURN, 0, 0, ALLOW)]


def masked(argument: int, mask: int, value: int, number: int) -> list[Instruction]:
    """Denied when the bits of `mask` in the argument have this value."""
    return [_load(argument), (AND, 0, 0, mask), (IF_EQUAL, 0, 1, value), *deny(number), (RETURN, 0, 0, ALLOW)]


def program(system: System, rules: dict[int, list[Instruction]], number: int) -> list[Instruction]:
    """The whole: other architectures end the process, calls newer than the table answer `number`."""
    whole: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, system.architecture),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER),
        (IF_AT_LEAST, 0, 1, system.unknown),
        *deny(number),
    ]
    for call, body in rules.items():
        whole += [(IF_EQUAL, 0, len(body), call), *body]
    return [*whole, (RETURN, 0, 0, ALLOW)]


def _load(argument: int) -> Instruction:
    # Both architectures are little-endian: the lower half comes first.
    return (LOAD, 0, 0, ARGUMENTS + 8 * argument)


def install(system: System, instructions: list[Instruction]) -> None:
    """Put the program in force for this thread and all that it starts.

    Raises:
        OSError: The kernel refuses it.
    """
    assert len(instructions) <= LONGEST
    assembled = (_Instruction * len(instructions))(*(_Instruction(*one) for one in instructions))
    whole = _Program(len(instructions), ctypes.cast(assembled, ctypes.c_void_p))
    system.call("seccomp", SET_MODE_FILTER, 0, ctypes.byref(whole))
