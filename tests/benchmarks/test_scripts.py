from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MODULES = sorted(path.stem for path in HERE.glob("[!_]*.py") if not path.name.startswith(("test_", "conftest")))


def test_every_script_can_be_imported_with_the_package_as_it_is():
    command = [sys.executable, "-c", "".join(f"import {name}\n" for name in MODULES)]
    answer = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
