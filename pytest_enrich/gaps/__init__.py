"""What no test reached: coverage's data in, gaps out.

`read` gives what coverage measured, `changed` what of it is about changed lines, `find` the gaps of one file,
`identify` the ids that a text can have, `order` what to do first, and `branches` what a text has at all.
"""

from pytest_enrich.gaps import changed
from pytest_enrich.gaps.digest import body_digest, tokens_digest
from pytest_enrich.gaps.find import find, identify, name_of
from pytest_enrich.gaps.measured import FileCoverage, Measured
from pytest_enrich.gaps.order import Ranked, order
from pytest_enrich.gaps.possible import branches
from pytest_enrich.gaps.read import read

__all__ = [
    "FileCoverage",
    "Measured",
    "Ranked",
    "body_digest",
    "branches",
    "changed",
    "find",
    "identify",
    "name_of",
    "order",
    "read",
    "tokens_digest",
]
