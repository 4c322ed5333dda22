"""`python -m pytest_enrich`."""

import sys

from pytest_enrich.cli import main

sys.exit(main())
