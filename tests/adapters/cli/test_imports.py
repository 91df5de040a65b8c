"""Bringing in history from elsewhere, on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call
from tests.adapters.imports import mlflow_stores
from tests.adapters.imports.test_tensorboard import log, scalar
from tests.adapters.imports.test_wandb import ended, goal, run, started, step

ROWS = """{"id": "A1", "date": "2026-02-03", "metric": "mae", "value": 2, "baseline": 3, "verdict": "win"}
{"id": "A2", "date": "2026-02-04", "title": "Deeper", "metric": "mae", "value": 4, "baseline": 2, "verdict": "loss"}
"""


@pytest.fixture
def tried(tmp_path: Path, project: Path) -> Path:
    path = tmp_path / "tried.jsonl"
    path.write_text(ROWS)
    return path


@pytest.mark.usefixtures("tried")
def test_an_import_says_what_it_took_and_which_way_is_better(call: Call) -> None:
    said = call("import", "experiments", "tried.jsonl")
    assert said.code == 0
    assert said.out.splitlines() == [
        "Imported 2 experiments (run-1 to run-2) of tried.jsonl",
        "  mae: smaller is better",
        "See them: goldfish history",
    ]
    assert "Imported nothing new of tried.jsonl; 2 known already" in call("import", "experiments", "tried.jsonl").out


@pytest.mark.usefixtures("tried")
def test_a_dry_run_says_what_would_be(call: Call) -> None:
    assert call("import", "experiments", "tried.jsonl", "--dry-run").out.startswith("Would import 2 experiments of")
    assert call("history", "--json").json["runs"] == []


def test_what_is_refused_is_named_and_the_exit_code_tells(call: Call, tried: Path) -> None:
    tried.write_text(ROWS + '{"id": "\\u001b[31mA3"}\n{\n')
    said = call("import", "experiments", "tried.jsonl")
    assert said.code == 1
    assert "2 things not taken over:" in said.out
    assert "line 3 (\\x1b[31mA3): it has no date" in said.out
    assert "\x1b[31m" not in said.out
    answer = call("import", "experiments", "tried.jsonl", "--json").json
    assert (answer["known"], answer["refused"], answer["named"][1]["where"]) == (2, 2, "line 4")


@pytest.mark.usefixtures("tried")
def test_imported_runs_are_listed_shown_and_known_by_their_own_ids(call: Call) -> None:
    call("import", "experiments", "tried.jsonl")
    assert "A2" in call("history").out
    shown = call("show", "A1")
    assert shown.code == 0
    assert "from experiments, where it is A1" in shown.out
    assert call("show", "A1", "--json").json["imported"]["id"] == "A1"
    assert call("retry", "A1", "--reason", "to see it once more").code == 2


def test_a_file_that_is_not_there_is_refused_with_a_next_step(call: Call, project: Path) -> None:
    for format_, name in (("experiments", "no.jsonl"), ("incident", "no.json"), ("results", "no.tsv")):
        said = call("import", format_, name)
        assert said.code == 2
        assert f"{name} cannot be imported: No such file or directory" in said.err


@pytest.mark.usefixtures("project")
def test_the_other_formats_are_read_too(call: Call, tmp_path: Path) -> None:
    (tmp_path / "results.tsv").write_text("commit\tval_bpb\tstatus\tdescription\na1b2c3d\t0.9\tkeep\tbaseline\n")
    assert "Imported 1 experiment (run-1)" in call("import", "results", "results.tsv").out
    run = '{"id": "a", "at": "2026-02-03", "metrics": {"mae": 2}, "status": "finished"}'
    record = '{"id": "b", "at": "2026-02-03", "what": "merge", "basis": ["a"]}'
    (tmp_path / "incident.json").write_text(f'{{"runs": [{run}], "records": [{record}]}}')
    assert "Imported 1 experiment, 1 note (run-2)" in call("import", "incident", "incident.json").out
    assert "merge" in call("thoughts").out


@pytest.mark.usefixtures("project")
def test_runs_of_mlflow_are_taken_over_with_their_curves_and_parents(call: Call, tmp_path: Path) -> None:
    path = mlflow_stores.database(
        tmp_path / "mlflow.db",
        mlflow_stores.run("child", minute=1),
        mlflow_stores.tag("child", "mlflow.parentRunId", "parent"),
        *[mlflow_stores.point("child", "loss", 1 / step, step) for step in (1, 2, 4)],
        mlflow_stores.run("parent", minute=2),
        mlflow_stores.run("open", "RUNNING"),
    )
    said = call("import", "mlflow", path.name)
    assert said.code == 0
    assert said.out.splitlines() == [
        "Imported 2 experiments (run-1 to run-2) of mlflow.db",
        "  1 run left out: still going on",
        "See them: goldfish history",
    ]
    assert "Imported nothing new of mlflow.db; 2 known already" in call("import", "mlflow", path.name).out
    shown = call("show", "child", "--json").json["imported"]
    assert shown["parents"] == ["run-1"]
    assert shown["points"].startswith("sha256:")
    assert re.search(r"loss +3 ", call("show", "child").out)  # its points
    assert call("import", "mlflow", path.name, "--unfinished", "--json").json["runs"] == ["run-3"]
    answer = call("import", "mlflow", path.name, "--experiment", "dogs")
    assert (answer.code, "there are: cats, digits, gone" in answer.err) == (2, True)


@pytest.mark.usefixtures("project")
def test_a_run_of_mlflow_that_ended_since_is_refused_by_name(call: Call, tmp_path: Path) -> None:
    mlflow_stores.database(tmp_path / "before.db", mlflow_stores.run("a", "RUNNING"))
    mlflow_stores.database(tmp_path / "after.db", mlflow_stores.run("a"), mlflow_stores.point("a", "x", 1.0))
    assert call("import", "mlflow", "before.db", "--unfinished").code == 0
    said = call("import", "mlflow", "after.db")
    assert said.code == 1
    assert "a is recorded as run-1, and says something else by now: happened, metrics, outcome, seconds" in said.out


@pytest.mark.usefixtures("project")
def test_logs_of_tensorboard_are_taken_over_once(call: Call, tmp_path: Path) -> None:
    log(tmp_path / "runs" / "a", *[scalar("loss", 1 / step, step) for step in (1, 2, 4)])
    assert "Imported 1 experiment (run-1) of runs" in call("import", "tensorboard", "runs").out
    assert "Imported nothing new of runs; 1 known already" in call("import", "tensorboard", "runs").out
    assert re.search(r"loss +3 ", call("show", "run-1").out)


@pytest.mark.usefixtures("project")
def test_runs_of_wandb_are_taken_over_once(call: Call, tmp_path: Path) -> None:
    run(tmp_path / "wandb", "a1", started(), goal("loss", 1), *[step(at, loss=1 / at) for at in (1, 2, 4)], ended())
    said = call("import", "wandb", "wandb")
    assert said.out.splitlines()[:2] == ["Imported 1 experiment (run-1) of wandb", "  loss: smaller is better"]
    assert "Imported nothing new of wandb; 1 known already" in call("import", "wandb", "wandb").out
    assert re.search(r"loss +3 ", call("show", "a1").out)
