"""pytest's terminal reporter as the place where a run writes (`progress.Terminal`)."""

from __future__ import annotations

import os
from typing import Any

import pytest


class Terminal:
    """pytest's terminal; silent when there is none (`-p no:terminal`)."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: Any = config.pluginmanager.getplugin("terminalreporter")
        self._shown = ""

    @property
    def isatty(self) -> bool:
        """Whether a line may be rewritten."""
        return self._reporter is not None and bool(self._reporter.isatty) and os.environ.get("TERM") != "dumb"

    def write_line(self, line: str) -> None:
        """Write a line of its own (or several); what was rewritten before goes away."""
        if self._reporter is not None:
            self._clear()
            self._reporter.write_line(line)
            self._reporter.flush()

    def section(self, title: str) -> None:
        """Write a title across the screen."""
        if self._reporter is not None:
            self._clear()
            self._reporter.write_sep("=", title)
            self._reporter.flush()

    def rewrite(self, line: str) -> None:
        """Show `line` in place of the last one shown so."""
        if self._reporter is not None:
            blank = " " * max(0, len(self._shown) - len(line))
            self._reporter.rewrite(line + blank)
            self._reporter.flush()
            self._shown = line

    def _clear(self) -> None:
        if self._shown:
            self.rewrite("")
            self._reporter.rewrite("")
            self._shown = ""
