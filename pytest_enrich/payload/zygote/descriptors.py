"""Open files of the process that is forked: what its children must not share with one another."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

HERE = "/dev/fd"


class Descriptors(NamedTuple):
    """Those that lead to this process's output, and temporary files without a name, with what is in them.

    Pytest captures into such files. Children would write over each other's, and read what a killed one left.
    """

    outputs: tuple[int, ...]
    temporary: dict[int, tuple[bytes, int]]

    @classmethod
    def survey(cls) -> Descriptors:
        """The open files of now; output is where descriptors 1 and 2 lead."""
        own = {_identity(os.fstat(number)) for number in (1, 2)}
        outputs, temporary = [1, 2], {}
        for number, found in _open():
            if _identity(found) in own:
                outputs.append(number)
            elif stat.S_ISREG(found.st_mode) and not found.st_nlink:
                with contextlib.suppress(OSError):
                    place = os.lseek(number, 0, os.SEEK_CUR)
                    temporary[number] = os.pread(number, found.st_size, 0), place
        return cls(tuple(dict.fromkeys(outputs)), temporary)

    def separate(self, output: int) -> None:
        """In a child: print to `output`, and have temporary files of its own."""
        for number in self.outputs:
            os.dup2(output, number, inheritable=os.get_inheritable(number))
        os.close(output)
        for number, (content, place) in self.temporary.items():
            with tempfile.TemporaryFile(buffering=0) as file:
                file.write(content)
                file.seek(place)
                os.dup2(file.fileno(), number, inheritable=False)


def _open() -> Iterator[tuple[int, os.stat_result]]:
    for name in os.listdir(HERE):  # noqa: PTH208 - names are wanted
        if name.isdigit() and int(name) > 2:  # noqa: PLR2004 - after the standard ones
            with contextlib.suppress(OSError):
                yield int(name), os.fstat(int(name))


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
