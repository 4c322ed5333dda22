"""A defect of ours: written down, said in one line, without consequence for the user's tests."""

from __future__ import annotations

import traceback

from pytest_enrich.config import Settings
from pytest_enrich.errors import EnrichError
from pytest_enrich.store import disk, folder


def report(error: BaseException, settings: Settings) -> str:
    """Write the traceback to `.cache/crash.txt`; answers the line to say, with the folder as the user calls it."""
    path = settings.directory / ".cache" / "crash.txt"
    text = "".join(traceback.format_exception(error))
    try:
        folder.prepare(settings.directory, settings.rootdir)
        disk.make_folder(path.parent)
        disk.write(path, text)
    except (EnrichError, OSError):
        summary = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        return f"internal error ({summary}; nowhere to write the details); your test result is not affected"
    shown = path.relative_to(settings.rootdir) if path.is_relative_to(settings.rootdir) else path
    return f"internal error, details in {shown}; your test result is not affected"
