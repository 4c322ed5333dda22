from __future__ import annotations

import sys
from pathlib import Path

# The scripts import each other by their bare names, as when one is started. The last entry hides nothing.
sys.path.append(str(Path(__file__).parent))
