"""In place of a session, with the options of this pytest: `--enrich-prove=FILE`, `--enrich-rehearse=FILE`."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pytest_enrich import session
from pytest_enrich.data import Question
from pytest_enrich.errors import EnrichError
from pytest_enrich.pytest_hooks import setting


def prove(config: pytest.Config) -> int:
    """Read the `Question` in the file that was named, and write a `Reproof` beside it (`.answer`).

    Raises:
        pytest.UsageError: There is no such suggestion.
    """
    file = Path(config.option.enrich_prove)
    try:
        question = msgspec.json.decode(file.read_bytes(), type=Question)
        found = session.prove(setting.read(config), question)
    except (OSError, SyntaxError, ValueError, EnrichError) as error:
        raise pytest.UsageError(f"--enrich-prove={file}: {error}") from None
    file.with_suffix(".answer").write_bytes(msgspec.json.encode(found))
    return 0


def rehearse(config: pytest.Config) -> int:
    """Write into the file that was named how existing tests fare in the sandbox: a `Rehearsal`.

    Raises:
        pytest.UsageError: The file cannot be written, or there is no sandbox of the kind that is wanted.
    """
    file = Path(config.option.enrich_rehearse)
    try:
        file.write_bytes(msgspec.json.encode(session.rehearse(setting.read(config))))
    except (OSError, EnrichError) as error:
        raise pytest.UsageError(f"--enrich-rehearse={file}: {error}") from None
    return 0
