"""A part of a run's work, for one of several jobs."""

from __future__ import annotations

import hashlib

from msgspec import Struct


class Shard(Struct, frozen=True):
    """The `number`th (from 1) of `of` parts.

    The gaps of one function go together, since one search serves them all. Which part they belong to depends on
    the function's path and name alone: jobs agree whatever else is missing and in whatever order it comes.
    """

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        """`2/4`; "" for the whole."""
        return f"{self.number}/{self.of}" if self.of > 1 else ""

    def holds(self, path: str, qualname: str) -> bool:
        """Whether the gaps of this function are in this part."""
        digest = hashlib.sha256(f"{path}\0{qualname}".encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1
