import hashlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich import patch
from pytest_enrich.errors import RefusedError


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1\r\ny = 2\n",
        "x = 'ä'\n".encode(),
        "\ufeffx = 'ä'\n".encode(),
        "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1"),
        "#!/bin/python\r\n# vim: set fileencoding=cp1252 :\r\nx = '€'\r\n".encode("cp1252"),
        "\ufeff# coding: utf-8\nx = 'ä'\n".encode(),
        b"x = 1\n# coding: latin-1\n",
        b"\n\n# coding: latin-1\n",
        "x = 1\n# coding: latin-1\ny = 'ä'\n".encode(),
    ],
)
def test_encoding_undoes_decoding(data):
    assert patch.encode(patch.decode(data)) == data


@given(st.text(st.characters(codec="latin-1")))
def test_any_text_of_a_latin_file_survives(text):
    data = b"# coding: latin-1\n" + text.encode("latin-1")

    assert patch.encode(patch.decode(data)) == data


@pytest.mark.parametrize("data", [b"x = '\xff'\n", b"# coding: no-such\n", b"\xef\xbb\xbf# coding: latin-1\n"])
def test_what_cannot_be_decoded_is_refused(data):
    with pytest.raises(RefusedError, match=r"tests/test_a\.py cannot be decoded") as caught:
        patch.decode(data, "tests/test_a.py")

    assert len(str(caught.value).splitlines()) == 3


def test_what_the_encoding_does_not_have_is_refused():
    with pytest.raises(RefusedError, match="iso8859-1 does not have"):
        patch.encode("# coding: latin-1\nx = '€'\n")


def test_the_blob_id_is_git_s(tmp_path):
    data = "# coding: latin-1\nx = 'ä'\r\n".encode("latin-1")
    (tmp_path / "a.py").write_bytes(data)
    expected = subprocess.run(
        ["git", "hash-object", "--no-filters", "a.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert patch.blob_id(patch.decode(data)) == expected.stdout.strip()


def test_an_empty_file_has_the_well_known_id():
    assert patch.blob_id("") == hashlib.sha1(b"blob 0\0", usedforsecurity=False).hexdigest()
