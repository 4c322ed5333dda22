"""What docstrings promise, and whether the code keeps it.

`find` reads the promises of a source file, `examine` asks the sandbox about them, `contradicted` tells which of
them the calls of a test are about, and of several examples of one docstring `together` leaves one. Only promises
that leave no room are read; of all others nothing is said: one false alarm costs more trust than ten bugs earn.
"""

from pytest_enrich.contracts.examine import Examined, are_told, examine, together
from pytest_enrich.contracts.find import contradicted, find, sided
from pytest_enrich.contracts.function import Broken, Claim
from pytest_enrich.contracts.write import bug

__all__ = [
    "Broken",
    "Claim",
    "Examined",
    "are_told",
    "bug",
    "contradicted",
    "examine",
    "find",
    "sided",
    "together",
]
