"""What no test reached: coverage's data in, gaps out.

`read` gives what coverage measured, `find` the gaps of one file, `identify` the ids that a text can have, `order`
what to do first, and `branches` all branches of a text. `changed_statements`, `within_changed` and `count_changed`
are about changed lines only.
"""

from pytest_enrich.gaps.find import Ranked, find, identify, name_of, order
from pytest_enrich.gaps.measured import (
    FileCoverage,
    Measured,
    branches,
    changed_statements,
    count_changed,
    within_changed,
)
from pytest_enrich.gaps.read import read
from pytest_enrich.gaps.text import tokens_digest
