"""Reports of a run: gathered in one place, rendered by `reporters`, put where the reader will look.

A run and `pytest-enrich report` do the same, so that every report can be made again later.
"""

from pytest_enrich.reports.gather import gather, left, without
from pytest_enrich.reports.write import announce, fenced, place, shown, write

__all__ = ["announce", "fenced", "gather", "left", "place", "shown", "without", "write"]
