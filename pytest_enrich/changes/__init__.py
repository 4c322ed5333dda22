"""Which lines changed since a commit: git is asked, never changed.

`since` answers it, `check_base` whether it can be asked, `named` finds files by name; `environment` is that of a
process that must not take a hook's repository for its own.
"""

from pytest_enrich.changes.git import check_base, environment, head, resolved
from pytest_enrich.changes.since import STAGED, named, since

__all__ = ["STAGED", "check_base", "environment", "head", "named", "resolved", "since"]
