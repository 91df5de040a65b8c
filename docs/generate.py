"""Writes the reference pages from the code; with --check says which committed page differs, and fails."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

from _pages import cli, errors, events, mcp, read_models  # noqa: E402  (their directory was put on the path just now)

PAGES: Mapping[str, Callable[[], str]] = {
    "events": events.page,
    "cli": cli.page,
    "mcp": mcp.page,
    "errors": errors.page,
    "read-models": read_models.page,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all pages, or compare them; 1 when a page differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not up to date")
    parser.add_argument("--into", type=Path, default=DOCS / "reference", help="the directory of the pages")
    given = parser.parse_args(arguments)
    stale = []
    for name, page in PAGES.items():
        path = given.into / f"{name}.md"
        text = page()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not given.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in stale:
        sys.stdout.write(f"{path}: {'not up to date; run `make docs`' if given.check else 'written'}\n")
    return 1 if given.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
