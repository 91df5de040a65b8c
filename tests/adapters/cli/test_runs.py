"""Runs from the command line, each command a process of its own, as agents call them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from goldfish.conductor.election import Election
from goldfish.layout import Layout
from tests.adapters.cli.conftest import Call

Start = Callable[..., subprocess.Popen[str]]

PIPELINE = """
name: sums
stages:
  - name: count
    outputs: {total: json}
  - name: report
    inputs: {total: count.total}
    outputs: {text: file}
"""
COUNT = """
from goldfish import io, metrics

def main():
    config = io.get_config()
    print("counting to \\x1b[31m", config["upto"])
    metrics.log_metric("total", sum(range(config["upto"])))
    io.save_output("total", {"total": sum(range(config["upto"]))})
"""
REPORT = """
from goldfish import io

def main():
    io.output_path("text").write_text("done")
"""
SLEEP = """
import time
from goldfish import io

def main():
    print("sleeping", flush=True)
    while not io.should_stop():
        time.sleep(0.01)
"""
REASON = "Count to see whether counting works"


@pytest.fixture
def sums(project: Path) -> Path:
    """A workspace with a pipeline of two stages."""
    files = {
        "pipeline.yaml": PIPELINE,
        "configs/count.yaml": "upto: 10\n",
        "modules/count.py": COUNT,
        "modules/report.py": REPORT,
    }
    for name, text in files.items():
        path = project / "workspaces" / "baseline" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return project


def test_a_run_is_followed_remembered_compared_and_traced(sums: Path, start: Start, call: Call) -> None:
    out, err = (first := start("run", "baseline", "-r", REASON, "--wait")).communicate(timeout=60)
    assert (first.returncode, err) == (0, "")
    assert "run-1 of baseline@v2: count, report" in out
    assert "  count: succeeded in " in out
    assert "run-1 succeeded" in out

    again = call("run", "baseline", "-r", REASON)
    assert again.code == 0
    assert "tried as run-1, which succeeded" in again.out
    assert 'What differs: nothing. To repeat it: --rerun "WHY"' in again.out
    assert call("run", "baseline", "-r", REASON, "--json").json["tried"]["run"] == "run-1"

    second = call("run", "baseline", "-r", REASON, "--set", "count.upto=20", "--wait", "--json")
    assert second.code == 0
    assert (second.json["run"], second.json["started"], second.json["progress"]["outcome"]) == (
        "run-2",
        True,
        "succeeded",
    )

    compared = call("compare", "run-1", "run-2").out
    assert "count.upto" in compared
    assert "+145" in compared
    assert "Nothing differs in code, environment." in compared
    assert [d["name"] for d in call("compare", "run-1", "run-2", "--json").json["config"]] == ["count.upto"]
    assert "input: run-1/count.total" in call("lineage", "run-1/report").out
    assert call("lineage", "run-1/report", "--mermaid").out.startswith("flowchart LR\n")
    assert [run["run"] for run in call("history", "--json").json["runs"]] == ["run-2", "run-1"]
    assert "total 190" in call("history", "--limit", "1").out
    assert "The next page: --before " in call("history", "--limit", "1").out
    shown = call("show", "run-2").out
    assert all(part in shown for part in (REASON, "upto", "set by the request", "run-2/count.total"))
    logs = call("logs", "run-1/count").out
    assert "counting to \\x1b[31m 10" in logs
    assert "run-2  succeeded" in call("status").out
    assert call("verify").code == 0


def test_a_run_that_fails_says_why_and_what_to_look_at(sums: Path, call: Call) -> None:
    (sums / "workspaces" / "baseline" / "modules" / "count.py").write_text(
        "def main():\n    raise ValueError('no [b]')\n"
    )
    said = call("run", "baseline", "-r", REASON, "--wait")
    assert said.code == 1
    assert "ValueError" in said.out
    assert "next: goldfish show run-1, goldfish logs run-1" in said.out
    assert call("wait", "run-1", "--json").code == 1
    again = call("run", "baseline", "-r", REASON, "--wait", "--json")
    assert (again.code, again.json["started"]) == (1, False)
    assert "no [b]" in call("show", "run-1/count").out


def test_waiting_can_be_interrupted_and_the_run_goes_on(sums: Path, start: Start, call: Call) -> None:
    (sums / "workspaces" / "baseline" / "modules" / "count.py").write_text(SLEEP)
    process = start("run", "baseline", "count", "--reason", REASON, "--wait")
    assert process.stdout is not None
    for line in process.stdout:
        if "count: running" in line:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "run-1 goes on by itself" in err
    assert call("progress", "run-1", "--json").json["state"] == "open"
    late = call("wait", "run-1", "--timeout", "0.05", "--json")
    assert (late.code, late.json["error"]) == (5, "StillRunning")
    assert "under way" in call("status").out

    assert "run-1 ends: seen enough" in call("cancel", "run-1", "-r", "seen enough").out
    ended = call("wait", "run-1", "--json")
    assert (ended.code, ended.json["outcome"]) == (1, "cancelled")


def test_a_conductor_leaves_at_once_when_it_is_told_to(sums: Path, start: Start) -> None:
    conductor = start("conduct", "--idle-seconds", "600")
    election = Election(Layout(sums))
    while election.holder() != conductor.pid:
        assert conductor.poll() is None
    rival = start("conduct", "--json")
    assert json.loads(rival.communicate(timeout=20)[0])["conducted"] is False
    os.kill(conductor.pid, signal.SIGTERM)
    assert conductor.communicate(timeout=20) == ("", "")
    assert conductor.returncode == 0
    assert election.holder() is None


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--reason", "short"], "ReasonNeeded"),
        (["nothing", "--reason", REASON], "UnknownStage"),
        (["--reason", REASON, "--set", "lr"], "BadSetting"),
        (["--reason", REASON, "--pipeline", "other.yaml"], "UnknownPipeline"),
    ],
)
def test_a_request_that_cannot_be_is_refused_and_nothing_runs(
    sums: Path, call: Call, arguments: list[str], error: str
) -> None:
    said = call("run", "baseline", *arguments, "--json")
    assert (said.code, said.json["error"]) == (2, error)
    assert call("history", "--json").json["runs"] == []
