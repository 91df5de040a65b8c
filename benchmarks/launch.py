"""From `run()` to the first line of user code, with a conductor that is up, beside starting the same code by hand."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.table import Row, markdown
from goldfish.api import Actor, Goldfish

STAGE = "import pathlib, time\npathlib.Path('{mark}').write_text(str(time.time()))\n"


def main(times: int = 15) -> str:
    """The table. The stage writes the time of its first line; both clocks are the machine's."""
    with tempfile.TemporaryDirectory() as name:
        root, mark = Path(name) / "project", Path(name) / "mark"
        goldfish = Goldfish.found(root, Actor(kind="human", name="benchmark"))
        goldfish.create_workspace("w")
        place = Path(goldfish.mount("w").path or "")
        (place / "modules").mkdir()
        (place / "modules" / "stage.py").write_text(STAGE.format(mark=mark))
        (place / "pipeline.yaml").write_text("stages: [{name: stage}]\n")
        conductor = threading.Thread(target=lambda: goldfish.services.conductor().serve(idle_seconds=5))
        conductor.start()
        answered, begun = [], []
        for number in range(times + 2):
            at = time.time()
            run = goldfish.run("w", seed=number, reason="to see how fast it starts").run
            answered.append(time.time() - at)
            goldfish.wait(run, seconds=60)
            begun.append(float(mark.read_text()) - at)
        by_hand = []
        for _ in range(times):
            at = time.time()
            subprocess.run([sys.executable, str(place / "modules" / "stage.py")], check=True)
            by_hand.append(float(mark.read_text()) - at)
        conductor.join()
    first = statistics.median(begun[2:]) * 1000
    floor = statistics.median(by_hand) * 1000
    rows = [
        Row("run() answers", f"{statistics.median(answered[2:]) * 1000:.0f} ms"),
        Row("run() to the first line of user code", f"{first:.0f} ms ({first / floor:.1f} × by hand)", "≤ 150 ms", first <= 150),
        Row("`python stage.py` to its first line, by hand", f"{floor:.0f} ms"),
    ]  # fmt: skip
    return markdown("Launching", rows)


if __name__ == "__main__":
    print(main())
