"""What is known about the tests."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.data.answers import Item


class Suite(Struct, frozen=True, kw_only=True):
    """The tests of a project; all paths are relative to rootdir, with `/`.

    Attributes:
        items: The tests that pytest collected, in its order.
        files: The test files.
        folders: Where files of tests are made as long as there are none.
        patterns: What their names have to match.
        texts: What is in them, by path; a file that is not Python counts as empty.
        source_roots: Folders that modules are imported from ("" is rootdir itself).
        packages: Folders that hold an `__init__.py`.
    """

    items: tuple[Item, ...] = ()
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ("tests",)
    patterns: tuple[str, ...] = ("test_*.py", "*_test.py")
    texts: dict[str, str] = {}
    source_roots: tuple[str, ...] = ("",)
    packages: frozenset[str] = frozenset()
