"""What a profile function need not see: it makes everything many times slower."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from _pytest.assertion import rewrite


@contextlib.contextmanager
def rewriting() -> Iterator[None]:
    """While this lasts, nobody watches how assertions are rewritten, which makes more calls than the tests do."""
    module, name = vars(rewrite), "_rewrite_test"  # there is no public way between it and the module's body
    original = module[name]

    def rewritten(*arguments: Any) -> Any:
        watch = sys.getprofile()
        sys.setprofile(None)
        try:
            return original(*arguments)
        finally:
            sys.setprofile(watch)

    module[name] = rewritten
    try:
        yield
    finally:
        module[name] = original
