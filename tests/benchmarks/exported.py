"""Whether `datasets` loads what `pytest-enrich export` wrote, and TRL takes each row, by TRL's own functions.

    pip install datasets transformers && pip install --no-deps trl
    python tests/benchmarks/exported.py FOLDER [FOLDER ...]

FOLDER is an export. Each row must be conversational to TRL, and come to texts by a chat template (ChatML, with a
tokenizer that is made here: nothing is downloaded). The number of rows of each set is printed; a row that is not
taken, or a file that `datasets` reads in another way, ends with an error.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEXTS = {"sft": ("prompt", "completion"), "kto": ("prompt", "completion"), "dpo": ("prompt", "chosen", "rejected")}


def tokenizer() -> object:
    """One that knows no word: only its chat template is used."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    made = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(WordLevel({"?": 0}, unk_token="?")), unk_token="?")
    made.chat_template = CHATML
    return made


def check(row: Mapping[str, object], columns: tuple[str, ...], templates: object) -> None:
    """One row, as TRL's trainers prepare it.

    Raises:
        ValueError: TRL does not take it for a conversation, or makes nothing of it.
    """
    from trl.data_utils import apply_chat_template, is_conversational

    if not is_conversational(row):
        raise ValueError(f"not conversational: {row}")
    texts = apply_chat_template(dict(row), templates)
    for column in columns:
        message = row[column][0]["content"]  # type: ignore[index]
        if message.strip() not in texts[column]:
            raise ValueError(f"{column} is lost: {texts[column]!r}")


def count(folder: Path) -> Counter[str]:
    """The rows of each set of this export that TRL takes.

    Raises:
        ValueError: It does not take one, or `datasets` reads more or fewer than there are.
    """
    from datasets import load_dataset

    found: Counter[str] = Counter()
    templates = tokenizer()
    for name, columns in TEXTS.items():
        files = list(folder.glob(f"{name}/*.jsonl"))
        if not files:
            continue
        for split in load_dataset(str(folder), name).values():
            for row in split:
                check(row, columns, templates)
                found[name] += 1
        lines = sum(len(path.read_text("utf-8").splitlines()) for path in files)
        if lines != found[name]:
            raise ValueError(f"{name}: {lines} lines, and {found[name]} rows are loaded")
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as cache:
        # Read when they are imported: nothing is kept in the home folder, and no server is asked.
        os.environ.update(HF_HOME=cache, HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")
        total: Counter[str] = Counter()
        for folder in args.folders:
            total += count(folder.resolve())
    sys.stdout.write(", ".join(f"{name} {rows}" for name, rows in total.items()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
