"""What a run is told: its settings, and the words in which people type them.

- `settings`: one run's, as one frozen value (`Settings`, `Budget`, `WantedReport`).
- `options`: the text of one option -> its value, whether it comes from a command line or an ini file.
- `duration`: seconds as people type them.
- `private`: names that speak of secrets.
"""

from pytest_enrich.config.options import (
    budget,
    count,
    directory,
    grade,
    proposers,
    sandbox,
    seed,
    shard,
    word,
    workers,
)
from pytest_enrich.config.settings import MODEL, NO_MODEL, PROPOSERS, Budget, Settings, WantedReport, seconds

__all__ = [
    "MODEL",
    "NO_MODEL",
    "PROPOSERS",
    "Budget",
    "Settings",
    "WantedReport",
    "budget",
    "count",
    "directory",
    "grade",
    "proposers",
    "sandbox",
    "seconds",
    "seed",
    "shard",
    "word",
    "workers",
]
