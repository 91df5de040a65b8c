"""The process that looks into one file, and prints two lines of JSON: what the header says, then a sample.

It takes limits upon itself before it opens anything. Nothing in the file is executed.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from goldfish.adapters.output_capture import formats, sampling

MEMORY = 3 << 30  # bytes of address space; numpy and pyarrow alone take a third of it
SECONDS = 30  # of processor time
LARGEST_WHOLE = 32 << 20  # bytes of a table of text that is read to its end
_HEADS = (LARGEST_WHOLE, 1 << 20)  # how much is read of a larger one; less where a cell goes over the end


def main() -> None:
    """Look into argv[1], of the type argv[2]; with argv[3] "sample", at some values too."""
    path, kind, depth = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 2 * LARGEST_WHOLE),  # its own copy of a beginning is a file in memory
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    described = _described(path, kind, depth == "sample")
    _say(described)
    if depth == "sample":
        _say(sampling.sample(path, kind, described))


def _described(path: Path, kind: Any, bounded: bool) -> dict[str, Any]:
    try:
        if bounded and kind == "csv" and path.stat().st_size > LARGEST_WHOLE:
            return _beginning(path)
        return formats.describe(path, kind)
    except formats.NotThisFormat as problem:
        return {"problem": str(problem)}
    except OSError as problem:
        return {"problem": f"it cannot be read: {problem.strerror}"}
    except MemoryError:
        return {"problem": "reading it takes more memory than goldfish gives it"}


def _beginning(path: Path) -> dict[str, Any]:
    """As `formats.describe`, of the first lines of a long table."""
    problem: formats.NotThisFormat | None = None
    for size in _HEADS:
        with path.open("rb") as file:
            head = file.read(size)
        descriptor = os.memfd_create("beginning")
        os.write(descriptor, head[: head.rfind(b"\n") + 1])
        try:
            found = formats.describe(Path(f"/proc/self/fd/{descriptor}"), "csv")
        except formats.NotThisFormat as error:
            problem = error
            continue
        found["rows_at_least"] = found.pop("rows", 0)
        return found
    raise problem or formats.NotThisFormat("it has no line")


def _say(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found, allow_nan=False) + "\n")
    sys.stdout.flush()
