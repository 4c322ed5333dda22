"""Names of the fixtures that may take another one's place."""

from __future__ import annotations

from .added import Added


class Exchanged(Added):
    """A pool of names that are no values: nothing but what was offered fits."""

    def fits(self, template: str) -> bool:
        """Whether it was offered, or is there."""
        return template in self.seen or template in self._offers

    def like(self, kind: object) -> list[str]:  # noqa: ARG002 - as of a pool
        """None: a name is of no type."""
        return []
