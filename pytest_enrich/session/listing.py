"""`--enrich-list`: the gaps in the order in which they would be worked on, with the reason for the order."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich.data import ChangedPart
from pytest_enrich.gaps import Ranked
from pytest_enrich.reporters.figures import nothing_changed
from pytest_enrich.reporters.words import visible


def render(ranked: Sequence[Ranked], changed: ChangedPart | None = None) -> str:
    """A line a gap, under its function."""
    if not ranked:
        return "No gaps: nothing to list." if changed is None else f"{nothing_changed(changed)} Nothing to list."
    lines = [f"gaps      {len(ranked)}, in the order in which they would be worked on", ""]
    function = None
    for one in ranked:
        gap = one.gap
        if (gap.path, gap.qualname) != function:
            function = (gap.path, gap.qualname)
            lines.append(visible(f"{gap.path}::{gap.qualname or '<module>'}  ({one.reason})"))
        lines.append(visible(f"  {gap.line:>5}  {gap.outcome:<9} {gap.text}  [{gap.id}]"))
    return "\n".join(lines)
