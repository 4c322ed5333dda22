"""Pictures of a report, and what axe-core says about it: for a person who has changed how reports look.

    npm install axe-core        (anywhere)
    python tests/browser/look.py enrich-suggestions/report.html pictures node_modules/axe-core/axe.min.js

It writes light, dark, narrow and printed pictures into `pictures`, prints what the console said and every
violation that axe finds, with all closed and with all open, and ends with 1 when there is one.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import chromium

OPEN = 'document.querySelectorAll("details").forEach((one) => { one.open = true; })'
TICK = 'document.querySelectorAll(".choice input").forEach((box, at) => { if (at % 3 == 0) box.click(); })'
FIRST = '(document.querySelector("article") || document.body).scrollIntoView()'
VIEWS = {"light": (1100, 1400, "light"), "dark": (1100, 1400, "dark"), "narrow": (320, 1200, "light")}


def main(report: str, pictures: str, axe: str) -> int:
    folder = Path(pictures)
    folder.mkdir(exist_ok=True)
    wrong = []
    with tempfile.TemporaryDirectory() as profile, chromium.page(Path(profile)) as page:
        for name, (width, height, scheme) in VIEWS.items():
            page.look(width, height, scheme=scheme)
            page.go(Path(report).resolve().as_uri())
            page.picture(folder / f"{name}-top.png")
            wrong += [f"{name}: {one}" for one in _violations(page, axe)]
            page.run(f"{OPEN}; {TICK}; {FIRST}")
            page.picture(folder / f"{name}-open.png")
            wrong += [f"{name}, open: {one}" for one in _violations(page, axe)]
            wrong += [f"{name}, console: {one}" for one in page.told]
        page.go(Path(report).resolve().as_uri())
        page.printed(folder / "print.pdf")
    sys.stdout.write("\n".join(wrong or ["axe found no violation, the console is empty"]) + "\n")
    return bool(wrong)


def _violations(page: chromium.Page, axe: str) -> list[str]:
    page.run(Path(axe).read_text(encoding="utf-8") + ";1")
    found = page.run("axe.run().then((all) => JSON.stringify(all.violations))")
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]}"
        for one in json.loads(str(found))
        for node in one["nodes"]
    ]


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
