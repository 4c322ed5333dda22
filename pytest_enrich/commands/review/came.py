"""What comes of a key, as a value."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.commands.review.sitting import Done
from pytest_enrich.reporters.words import visible_lines

_SHOWN = 40


class Came(Struct, frozen=True, kw_only=True):
    """What came of a key.

    Attributes:
        told: It in a line or two.
        besides: What else a person must know.
        output: What a program said, at length.
        done: The decisions.
    """

    told: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    output: str = ""
    done: tuple[Done, ...] = ()

    @property
    def page(self) -> list[str]:
        """The end of `output`, as lines to show."""
        return visible_lines("\n".join(self.output.splitlines()[-_SHOWN:])).split("\n")
