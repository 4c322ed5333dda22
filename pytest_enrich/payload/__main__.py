"""Started by path in a fresh interpreter: `python .../payload/__main__.py JOB_FILE STATUS_FD`.

Or, for a process that forks for each job: `... START_FILE zygote CONTROL_FD`.

First this folder is removed from the import path, and its modules are loaded under a private name, so that the
project sees none of them: pytest-enrich can be run on pytest-enrich.
"""

import sys

sys.path[:1] = [entry for entry in sys.path[:1] if entry != __file__.rpartition("/")[0]]

import importlib.util  # noqa: E402 - the import path is put right first
import os  # noqa: E402 - the same

PRIVATE = "_enrich_payload"


def load() -> None:
    """Put this folder's package into `sys.modules` under its private name."""
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is not imported yet
    spec = importlib.util.spec_from_file_location(
        PRIVATE,
        os.path.join(folder, "__init__.py"),  # noqa: PTH118 - pathlib is not imported yet
        submodule_search_locations=[folder],
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules[PRIVATE] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)


def main(job_file: str, status: int) -> None:
    """Do the job in a child of this process, which outlives whatever the job leaves behind."""
    load()
    importlib.import_module(f"{PRIVATE}.supervise").fork(status)
    importlib.import_module(f"{PRIVATE}.job").perform(job_file)


def wait(start_file: str, control: int) -> None:
    """Get ready, and do jobs in forks of this process until no more are requested."""
    load()
    importlib.import_module(f"{PRIVATE}.zygote").serve(start_file, control)


if __name__ == "__main__":
    if sys.argv[2] == "zygote":
        wait(sys.argv[1], int(sys.argv[3]))
    else:
        main(sys.argv[1], int(sys.argv[2]))
