"""No stage opens a file of code that it was not said to reach: found out by loading stages and looking on.

`python -m tests.stage.test_reach_by_running 5000` does it with as many workspaces.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from goldfish.domain.fingerprints import is_data
from goldfish.domain.reachable import reachable
from tests.stage import opened_files
from tests.stage.small_workspaces import FORMS, one_statement, small_workspace


def opened(root: Path, workspaces: dict[int, dict[str, str]]) -> dict[int, set[str]]:
    """What loading the stage of each workspace opens."""
    for number, files in workspaces.items():
        for path, text in files.items():
            file = root / str(number) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    asked = json.dumps([str(root / str(number)) for number in workspaces])
    program = [sys.executable, "-P", opened_files.__file__]
    answer = subprocess.run(program, input=asked, capture_output=True, text=True, check=True, timeout=600)
    return {number: set(paths) for number, paths in zip(workspaces, json.loads(answer.stdout), strict=True)}


def compare(root: Path, workspaces: dict[int, dict[str, str]]) -> tuple[int, int, int]:
    """How many were known, how many files these opened, and how many others there were; it fails for one missed."""
    known = used = spared = 0
    for number, paths in opened(root, workspaces).items():
        files = workspaces[number]
        reached = reachable("modules/train.py", files, lambda path, files=files: files[path].encode())  # type: ignore[misc]
        assert "modules/train.py" in paths
        if reached is None:
            continue
        missed = {path for path in paths if not is_data(path)} - reached
        assert not missed, f"workspace {number}: {missed}"
        known += 1
        used += len(paths) - 1
        spared += len([path for path in files if path.endswith(".py") and path not in reached])
    return known, used, spared


def test_what_a_stage_opens_was_said_to_be_reachable(tmp_path: Path):
    known, used, spared = compare(tmp_path, {n: small_workspace(n, hidden=0.0) for n in range(60)})
    assert known == 60, "what is plain is known"
    assert used > 60, "and the workspaces are of some interest"
    assert spared > 60, "and not everything is said to be reachable"


def test_imports_that_nobody_can_foresee_are_never_taken_for_none(tmp_path: Path):
    known, _, _ = compare(tmp_path, {n: one_statement(n) for n in range(2 * FORMS)})
    assert FORMS / 2 < known < 1.5 * FORMS


if __name__ == "__main__":
    numbers = range(int(sys.argv[1]))
    with tempfile.TemporaryDirectory() as directory:
        print("one statement", compare(Path(directory), {n: one_statement(n) for n in numbers}))
    for share in (0.0, 0.1, 0.2, 0.4):
        with tempfile.TemporaryDirectory() as directory:
            print(share, compare(Path(directory), {n: small_workspace(n, hidden=share) for n in numbers}))
