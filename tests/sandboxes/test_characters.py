from __future__ import annotations

import gzip
import os
import subprocess
import sys

from pytest_enrich.sandboxes.environment import CHARACTERS_VARIABLE, scratch_directory


def test_what_hypothesis_finds_out_of_utf_8_is_known(tmp_path):
    code = "from hypothesis import strategies; strategies.text().validate()"
    environ = {**os.environ, CHARACTERS_VARIABLE: str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environ)
    with scratch_directory() as place:
        found, known = kept(tmp_path), kept(place)
    assert found
    assert found.items() <= known.items()


def kept(folder):
    """What is known of encodings, by file."""
    return {file.name: gzip.decompress(file.read_bytes()) for file in folder.rglob("codec-*")}
