"""Makes curves.png: what `goldfish compare … --plot` draws in the project of docs/how-to/compare.md.

PYTHONPATH=. python docs/pictures/curves.py          follows the tutorial and the page first, which takes some minutes
PYTHONPATH=. python docs/pictures/curves.py DIR      with the project in DIR
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docs import blocks

PICTURE = Path(__file__).with_name("curves.png")
PAGE = PICTURE.parents[1] / "how-to" / "compare.md"


def main() -> None:
    """Make the picture."""
    goldfish = str(Path(sys.executable).with_name("goldfish"))
    drawn = ["compare", "straight", "parabola", "run-1", "--metric", "loss", "--metric", "rmse", "--plot", str(PICTURE)]
    if len(sys.argv) > 1:
        subprocess.run([goldfish, *drawn], cwd=sys.argv[1], check=True, stdout=subprocess.DEVNULL)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        tutorial = Path(temporary) / "tutorial"
        tutorial.mkdir()
        blocks.tutorial(tutorial)
        text = PAGE.read_text(encoding="utf-8")
        reader = blocks.reader_of(text, Path(temporary) / "home", tutorial)
        for _ in blocks.followed(text, reader):
            pass
        place = next(Path(temporary, "home").rglob("curves.png"))
        PICTURE.write_bytes(place.read_bytes())
        reader.leave()


if __name__ == "__main__":
    main()
