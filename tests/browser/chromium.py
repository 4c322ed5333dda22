"""Chromium without a window, driven over two pipes by its DevTools protocol: nothing but the browser is needed."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
# No sandbox of its own: tests run as root in containers, and the only page is ours.
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)
SECONDS = 60.0
# The browser reads commands from descriptor 3 and answers on 4.
START = """\
import os, sys
for number, place in zip(sys.argv[1:3], (3, 4)):
    os.dup2(int(number), place)
os.execv(sys.argv[3], sys.argv[3:])
"""


def find() -> str | None:
    """Where the browser is, None when there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One page of a running browser; `told` is whatever it wrote to its console."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._number = 0
        self._left = b""
        self._session = ""
        self.told: list[str] = []
        self.loaded = False

    def open(self) -> None:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def go(self, address: str) -> None:
        """Load a page, all of it, also where only what follows its `#` is new."""
        for each in ("about:blank", address):
            self.told.clear()
            self.loaded = False
            answer = self.ask("Page.navigate", url=each)
            if "errorText" in answer:
                raise RuntimeError(f"{each}: {answer['errorText']}")
            while not self.loaded:
                self._hear(self._message())

    def run(self, script: str) -> object:
        """The value of a JavaScript expression."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """A key, as a person presses it."""
        text = {"text": key} if len(key) == 1 else {}
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def look(self, width: int, height: int, *, scheme: str = "light", media: str = "") -> None:
        """Be so wide, and prefer this colour scheme; `media` is `print` or nothing."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        wanted = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.ask("Emulation.setEmulatedMedia", media=media, features=wanted)

    def picture(self, path: Path) -> None:
        """What can be seen now."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def printed(self, path: Path) -> None:
        """The page on paper."""
        path.write_bytes(base64.b64decode(self.ask("Page.printToPDF", printBackground=False)["data"]))

    def ask(self, method: str, **parameters: object) -> dict:
        """Send one command and wait for its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        while (answer := self._message()).get("id") != self._number:
            self._hear(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _hear(self, event: dict) -> None:
        method, parameters = event.get("method", ""), event.get("params", {})
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method in {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}:
            self.told.append(json.dumps(parameters))

    def _message(self) -> dict:
        end = time.monotonic() + SECONDS
        while b"\0" not in self._left:
            if not select.select([self._reading], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError(f"the browser said nothing for {SECONDS:.0f} s")
            part = os.read(self._reading, 1 << 16)
            if not part:
                raise RuntimeError("the browser ended")
            self._left += part
        message, _, self._left = self._left.partition(b"\0")
        return json.loads(message)


@contextlib.contextmanager
def page(folder: Path) -> Iterator[Page]:
    """A page of a new browser, whose profile is in `folder`; nothing of it is alive afterwards."""
    theirs, writing = _pipe()
    reading, answers = _pipe()
    command = [find() or NAMES[0], *SWITCHES, f"--user-data-dir={folder}"]
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(theirs), str(answers), *command],
        pass_fds=(theirs, answers),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    os.close(answers)
    try:
        found = Page(reading, writing)
        found.open()
        yield found
    finally:
        process.terminate()
        process.wait(10)
        os.close(reading)
        os.close(writing)


def _pipe() -> tuple[int, int]:
    """The two ends of a pipe, under numbers that the browser's own are not among."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
