"""What varying needs, and what it does without."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_enrich.payload.vary.runner import ItemRunner


def test_hypothesis_is_not_imported():
    """It takes long, and under `-W error` plugins of its own may let it fail."""
    code = "import sys, pytest_enrich.payload.vary.run; print('hypothesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(("folder", "is_direct"), [("site-packages", True), ("tests", False)])
def test_a_test_is_called_at_once_whatever_a_plugin_sets_up_for_all_tests(pytester, folder, is_direct):
    """A fixture that the project sets up for all of them is another matter."""
    pytester.mkdir(folder)
    set_up = "import pytest\n\n@pytest.fixture(autouse=True)\ndef marks(request):\n    yield\n"
    (pytester.path / folder / "conftest.py").write_text(set_up)
    (pytester.path / folder / "test_it.py").write_text("def test_it():\n    pass\n")
    (item,), _ = pytester.inline_genitems(folder)
    assert ItemRunner(None, item).is_direct is is_direct
