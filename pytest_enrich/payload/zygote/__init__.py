"""A process that gets ready once and then forks for each job: pytest configured, the project imported.

Pytest's own run is what is forked: it waits where collection is about to begin, and each child goes on from
there with the plugins and the arguments of its job, to the end of the run. So a child does what a fresh run
does, less what all of them have in common.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from .. import confine, guard, supervise
from ..job import apply_limits
from .line import Line


def serve(start_file: str, control: int) -> NoReturn:
    """Get ready, say so on `control`, and fork for each job that comes until the other end is closed.

    The file holds `rootdir`, `scratch`, `pytest_args`, `path`, `limits`, `confinement` and `world` as a job does
    (the last three hold for all that is forked), and `argument`: the file or directory whose tests the jobs are
    about, "" for jobs without tests. Then `ready.json` in `scratch` holds `unfit` (why no job can be done here,
    "" if they can), `files`, all that the jobs' outcome depends on and that is loaded by now, and `held`, those
    of them that a job cannot import anew.
    """
    start: dict[str, Any] = json.loads(Path(start_file).read_bytes())
    supervise.adopt()
    apply_limits(start["limits"])
    confine.apply(start["confinement"], start["scratch"])
    sys.path[:0] = start["path"]
    places = guard.install(start["scratch"], start["rootdir"], subprocesses=True)
    line = Line(control, start["scratch"])
    # Imported when the import path is the project's: pytest may be the project's own.
    from .run import run

    unfit = run(start, places, line)
    line.ready(unfit=unfit)
    os._exit(0)
