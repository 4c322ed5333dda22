"""What is known about the code round a gap, and where a test for it belongs.

`locate` gives the targets of one source file; `roots` and `packages` say what its module is called.
"""

from pytest_enrich.source.locate import locate
from pytest_enrich.source.name import module_name, packages, roots
from pytest_enrich.source.suite import Suite

__all__ = ["Suite", "locate", "module_name", "packages", "roots"]
