"""Attempts become suggestions, and suggestions become text: in a test file, as a patch, as a module.

The only owner of edits of test files. All on texts; `decode` and `encode` are the way between a file's bytes
and the text that these functions take (with its line endings, its byte order mark as a leading U+FEFF).
"""

from pytest_enrich.patch.difference import Block, blob_id, blocks, decode, diff, encode, reverted
from pytest_enrich.patch.draft import insert, insert_below, insert_each, named_apart
from pytest_enrich.patch.render import Form, How, change, combine, formed, marked, render_module, render_patch
from pytest_enrich.patch.row import UNREADABLE, Cases, is_there, line, parsed_row
from pytest_enrich.patch.suggestion import (
    as_candidate,
    bodies,
    body_of,
    body_sha256,
    in_gap_order,
    row_of,
    suggest,
)
