"""What the names at a test file's top level mean, and the imports that a new test adds to it.

Pure functions on text: `read` what a file binds, `resolve` the names in templates to what that file would
call them, `merge` import statements without touching anything else, and tell what a piece of the file
`needs` in order to run elsewhere. Texts keep their line endings; a byte order mark is a leading U+FEFF.
"""

from pytest_enrich.imports.bindings import (
    Bindings,
    Needed,
    Resolved,
    extend,
    needs,
    read,
    reserve,
    resolve,
)
from pytest_enrich.imports.merge import merge
from pytest_enrich.imports.text import free, limit, only_statement, outdented, parsed
