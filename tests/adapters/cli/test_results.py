"""Judging runs on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call

PIPELINE = """
stages:
  - name: train
    results: {metric: accuracy, direction: maximize, minimum: 0.5, goal: 0.9}
"""
TRAIN = "from goldfish.metrics import log_metric\nfor value in (0.95, 0.7):\n    log_metric('accuracy', value)\n"


@pytest.fixture
def ended(project: Path, call: Call) -> Path:
    """A project in which run-1 has ended and awaits a verdict."""
    place = project / "workspaces" / "baseline"
    (place / "modules").mkdir()
    (place / "pipeline.yaml").write_text(PIPELINE)
    (place / "modules" / "train.py").write_text(TRAIN)
    done = call("run", "baseline", "--reason", "a baseline to compare with", "--wait")
    assert done.code == 0, done
    assert "next: goldfish finalize run-1" in done.out
    return project


def test_a_run_is_proposed_judged_amended_and_listed(ended: Path, call: Call) -> None:
    shown = call("finalize", "run-1")
    assert shown.code == 0
    assert "proposed: partial" in shown.out
    assert "at least the minimum 0.5 but below the goal 0.9" in shown.out
    assert "Nothing is recorded.\nnext: goldfish finalize run-1 --confirm" in shown.out
    assert call("finalize", "run-1", "--json").json["verdict"] == "partial"
    assert "awaits a verdict: goldfish finalize run-1" in call("show", "baseline").out
    assert "It awaits a verdict" in call("show", "run-1").out
    assert "awaiting a verdict" in call("status").out

    refused = call("finalize", "run-1", "--verdict", "success")
    assert refused.code == 2
    assert "contradicts the numbers" in refused.err
    told = call("finalize", "run-1", "--confirm", "--learned", "it forgets")
    assert told.out == "run-1 is judged: partial; train: accuracy = 0.7\n"

    amended = call("amend", "run-1", "--value", "train=0.95", "--verdict", "success", "-r", "we stop early after all")
    assert "run-1 is judged: success (judgement 2); train: accuracy = 0.95" in amended.out
    assert "note: train: accuracy = 0.95 at step 0 was confirmed; its results pick 0.7" in amended.out
    listed = call("results", "baseline", "--trend")
    assert "success" in listed.out
    assert "too few to tell" in listed.out
    assert call("results", "--json").json["results"][0]["value"] == 0.95
    shown = call("show", "run-1")
    assert "learned: it forgets" in shown.out
    assert "why: we stop early after all" in shown.out


def test_without_results_it_is_said_where_they_stand(project: Path, call: Call) -> None:
    assert "They stand under a stage in the pipeline: results." in call("results").out


def test_a_run_that_failed_is_told_that_a_word_is_needed(project: Path, call: Call) -> None:
    place = project / "workspaces" / "baseline"
    (place / "modules").mkdir()
    (place / "pipeline.yaml").write_text(PIPELINE)
    (place / "modules" / "train.py").write_text("raise ValueError('no')\n")
    assert call("run", "baseline", "--reason", "a stage that fails at once", "--wait").code == 1
    told = call("finalize", "run-1").out.splitlines()[-1]
    assert told == 'next: goldfish finalize run-1 --confirm --learned "…"'
    assert call("finalize", "run-1", "--confirm", "--learned", "x").code == 0


@pytest.mark.parametrize("value", ["0.9", "train=good", "=1", "train=nan", "train=inf", "train=1e999"])
def test_a_value_that_cannot_be_read_is_refused(project: Path, call: Call, value: str) -> None:
    refused = call("finalize", "run-1", "--value", value, "--json")
    assert refused.code == 2
    assert "STAGE=NUMBER" in refused.out + refused.err


def test_settings_are_shown_and_set(project: Path, call: Call) -> None:
    assert call("settings", "show", "--json").json == {"gate": "say", "minimum_reason": 15, "trend_runs": 10}
    assert call("settings", "set", "gate=refuse", "minimum_reason=20").code == 0
    assert call("settings", "show", "--json").json["gate"] == "refuse"
    assert "Characters that a reason needs." in call("settings", "show").out
    refused = call("settings", "set", "gates=say", "--json")
    assert (refused.code, refused.json["error"], refused.json["candidates"]) == (2, "BadProjectSetting", ["gate"])
