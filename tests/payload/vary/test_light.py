"""What varying needs, and what it does without."""

from __future__ import annotations

import subprocess
import sys


def test_hypothesis_is_imported_only_for_tests_that_draw():
    """It takes long, and under `-W error` plugins of its own may let it fail."""
    code = "import sys, pytest_enrich.payload.vary.run; print('hypothesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
