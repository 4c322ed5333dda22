"""Whether a text gives an equal value whenever it is evaluated, and what counts as equal."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
from collections.abc import Iterator

from .name import evaluate

FILLS = (0x5A, 0xA5)
"""What free memory is filled with: no two bytes of them are alike, nor is any value likely that they make."""
SIZES = (*range(8, 136, 16), *range(136, 1100, 64))
BLOCKS = 8
FEW, MANY = 2, 12
"""How many are made at a time: what is written in C often keeps a few blocks of memory of its own."""
BY_FIELDS = 1
"""Of what is made of its fields and nothing else."""


def same(text: str, value: object) -> bool:
    """Whether the text gives a value of the same type that is equal, each time.

    Constructors may do anything: give a number that goes up, or memory that nothing was written to.
    """
    is_plain = isinstance(value, tuple) or dataclasses.is_dataclass(value)
    count = BY_FIELDS if is_plain else MANY if _is_foreign(type(value)) else FEW
    held = []
    for fill in FILLS:
        if not is_plain:
            soil(fill)
        for _ in range(count):
            held.append(evaluate(text))  # kept: the next one must not get the memory of this one
            if type(held[-1]) is not type(value) or not is_true(held[-1] == value):
                return False
    return True


def is_true(answer: object) -> bool:
    """Whether an answer is `True`, or another library's: not merely something that `assert` would take for it.

    What is compared may give anything else: an array of truths, a clause of a query.
    """
    try:
        return answer is True or (hash(answer) == hash(1) and bool(answer))
    except Exception:  # a list of truths has no hash, and none of them may be what is asked for
        return False


def soil(fill: int) -> None:
    """Fill free memory, so that what nobody writes to holds this and not what lay there before by chance."""
    blocks = [bytes([fill]) * size for size in SIZES for _ in range(BLOCKS)]
    with contextlib.suppress(Exception):  # where code has no way to C, that was all
        blocks.clear()
        for address in [*_raw(fill)]:
            ctypes.pythonapi.PyMem_RawFree(ctypes.c_void_p(address))


def _raw(fill: int) -> Iterator[int]:
    allocate = ctypes.pythonapi.PyMem_RawMalloc
    allocate.restype, allocate.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
    for size in SIZES:
        for _ in range(BLOCKS):
            if address := allocate(size):
                ctypes.memset(address, fill, size)
                yield address


def _is_foreign(cls: type) -> bool:
    """Whether its objects are made by C code of somebody's."""
    made = next((vars(one)["__new__"] for one in cls.__mro__ if "__new__" in vars(one)), object.__new__)
    return made is not vars(object)["__new__"] and not isinstance(made, staticmethod)
