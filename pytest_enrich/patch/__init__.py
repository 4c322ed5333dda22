"""Attempts become suggestions, and suggestions become text: in a test file, as a patch, as a module.

The only owner of edits of test files. All on texts; `decode` and `encode` are the way between a file's bytes
and the text that these functions take (with its line endings, its byte order mark as a leading U+FEFF).
"""

from pytest_enrich.patch.difference import blob_id, decode, diff, encode
from pytest_enrich.patch.draft import (
    Draft,
    insert,
    insert_below,
    insert_each,
    named_apart,
    remove,
    without_comment,
)
from pytest_enrich.patch.render import Form, How, change, combine, formed, marked, render_module, render_patch
from pytest_enrich.patch.row import carriers, is_there, line
from pytest_enrich.patch.suggestion import (
    as_candidate,
    bodies,
    body_of,
    body_sha256,
    in_gap_order,
    row_of,
    suggest,
)
from pytest_enrich.patch.wrapping import wrapped
