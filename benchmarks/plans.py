"""A dry run of ten stages of 250 lines each, with history; in a process that is up, and in a new one."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import Row, markdown, seconds
from goldfish.api import Actor, Goldfish

STAGES = 10
HELPER = "def f{0}(x):\n    y = x + {0}\n    return [math.sqrt(abs(value)) for value in range(y)]\n\n"
STAGE = (
    "import math\nfrom goldfish.io import save_output\n\n"
    + "".join(HELPER.format(number) for number in range(60))
    + "def main():\n    save_output('x', [1])\n"
)
FRESH = """
import sys, time
from pathlib import Path
began = time.perf_counter()
from goldfish.api import Actor, Goldfish
goldfish = Goldfish.open(Path(sys.argv[1]), Actor(kind="human", name="benchmark"))
loaded = time.perf_counter()
goldfish.plan("w", settings=["s9.rate=0.5"])
print(time.perf_counter() - loaded, time.perf_counter() - began)
"""


def project(root: Path) -> Goldfish:
    """Ten stages in a row, run once."""
    goldfish = Goldfish.found(root, Actor(kind="human", name="benchmark"))
    goldfish.create_workspace("w")
    place = Path(goldfish.mount("w").path or "")
    (place / "modules").mkdir()
    pipeline = "stages:\n"
    for number in range(STAGES):
        (place / "modules" / f"s{number}.py").write_text(STAGE)
        reads = f", inputs: {{y: s{number - 1}.x}}" if number else ""
        pipeline += f"  - {{name: s{number}, outputs: {{x: json}}, defaults: {{rate: 0.1}}{reads}}}\n"
    (place / "pipeline.yaml").write_text(pipeline)
    goldfish.wait(goldfish.run("w", reason="to have a history to look at").run)
    return goldfish


def main(times: int = 7) -> str:
    """The table."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        root = Path(name) / "project"
        goldfish = project(root)
        up = seconds(lambda: goldfish.plan("w", settings=["s9.rate=0.5"]), times) * 1000
        edits = iter(range(1000))

        def edited() -> None:
            module = root / "workspaces" / "w" / "modules" / "s5.py"
            module.write_text(STAGE + f"# {next(edits)}\n")
            goldfish.plan("w", settings=["s9.rate=0.5"])

        changed = seconds(edited, times) * 1000
        time.sleep(3)  # what is installed is kept only when it has not changed for a while
        asked = [sys.executable, "-c", FRESH, str(root)]
        told = [subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split() for _ in range(times)]
        fresh = statistics.median(float(plan) for plan, _ in told) * 1000
        whole = statistics.median(float(all_) for _, all_ in told) * 1000
    return markdown(
        "Dry run of ten stages",
        [
            Row("in a process that is up, as the MCP server", f"{up:.0f} ms", "≤ 150 ms", up <= 150),
            Row("… after an edit of one module", f"{changed:.0f} ms", "≤ 150 ms", changed <= 150),
            Row("in a new process, once goldfish is imported", f"{fresh:.0f} ms", "≤ 150 ms", fresh <= 150),
            Row("in a new process, imports included", f"{whole:.0f} ms"),
        ],
    )


if __name__ == "__main__":
    print(main())
