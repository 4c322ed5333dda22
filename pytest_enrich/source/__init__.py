"""What is known about the code round a gap, and where a test for it belongs.

`locate` gives the targets of one source file; `roots` and `packages` say what its module is called.
"""

from pytest_enrich.source.locate import locate
from pytest_enrich.source.module import Suite, module_name, packages, roots

__all__ = ["Suite", "locate", "module_name", "packages", "roots"]
