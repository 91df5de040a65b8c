"""The commands around contracts and pipelines, against a real project."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.api.contracts import ContractCommands
from goldfish.errors import PipelineChanged
from tests.adapters.cli.conftest import Call

PIPELINE = """\
# two stages
stages:
  - name: prepare
    outputs:
      features: npy  # one row per image
      names: {type: csv, contract: {columns: [name]}}
  - name: train
    inputs: [prepare.features]
    outputs: [report.json]
"""
PREPARE = """
    import numpy
    from goldfish.io import output_path, save_output
    save_output("features", numpy.zeros((5, 3), "float32"))
    output_path("names").write_text("name\\nx\\n")
"""
TRAIN = "from goldfish.io import save_output\nsave_output('report', {'accuracy': 1})\n"


@pytest.fixture
def place(project: Path) -> Path:
    """The files of `baseline`, with a pipeline of two stages."""
    place = project / "workspaces" / "baseline"
    (place / "modules").mkdir()
    (place / "pipeline.yaml").write_text(PIPELINE)
    (place / "modules/prepare.py").write_text(textwrap.dedent(PREPARE))
    (place / "modules/train.py").write_text(TRAIN)
    return place


@pytest.fixture
def ran(place: Path, call: Call) -> Path:
    """The same after a run that succeeded."""
    said = call("run", "baseline", "--reason", "to have something to look at", "--wait")
    assert said.code == 0, said
    return place


def test_a_run_shows_what_was_declared_and_what_was_found(ran: Path, call: Call) -> None:
    said = call("contract", "show", "run-1").out
    assert "shape: [null, 3], dtype: float32" in said
    assert "2 outputs could be given the contract that was observed" in said
    signals = {s["signal"]: s for s in call("contract", "show", "run-1", "--json").json["signals"]}
    assert signals["names"]["declared"] == {"columns": ["name"]}
    assert signals["names"]["observed"] == {"columns": {"name": "str"}}
    assert (signals["names"]["ref"], signals["names"]["violated"]) == ("run-1/prepare.names", [])


def test_a_workspace_shows_what_its_stages_wrote_last_is_now(ran: Path, call: Call) -> None:
    (ran / "pipeline.yaml").write_text(PIPELINE.replace("npy  #", "{type: npy, contract: {rank: 1}}  #"))
    said = call("contract", "show", "baseline")
    assert "prepare.features is not as declared: it has 2 axes, not 1" in said.out


def test_what_was_found_is_printed_as_yaml(ran: Path, call: Call) -> None:
    assert call("contract", "infer", "run-1").out == textwrap.dedent("""\
        prepare:
          outputs:
            features:
              contract: {shape: [null, 3], dtype: float32}
            names:
              contract: {columns: {name: str}}
        train:
          outputs:
            report:
              contract: {kind: object}
    """)


def test_contracts_are_adopted_where_there_are_none(ran: Path, call: Call) -> None:
    said = call("contract", "adopt", "baseline", "--dry-run")
    assert "+      features: {type: npy, contract: {shape: [null, 3], dtype: float32}}  # one row per image" in said.out
    assert "nothing was" in said.out
    assert (ran / "pipeline.yaml").read_text() == PIPELINE
    said = call("contract", "adopt", "baseline", "--from", "run-1", "--json")
    assert [signal["signal"] for signal in said.json["adopted"]] == ["features", "report"]
    assert (ran / "pipeline.yaml").read_text() == PIPELINE.replace(
        "features: npy ", "features: {type: npy, contract: {shape: [null, 3], dtype: float32}} "
    ).replace("[report.json]", "[{name: report, type: json, contract: {kind: object}}]")
    again = call("contract", "adopt", "baseline", "--json")
    assert (again.code, again.json["error"]) == (2, "NothingToAdopt")
    assert call("pipeline", "check", "baseline").code == 0


def test_one_stage_can_be_chosen(ran: Path, call: Call) -> None:
    said = call("contract", "adopt", "baseline", "--stage", "train", "--json")
    assert [signal["signal"] for signal in said.json["adopted"]] == ["report"]
    assert call("contract", "adopt", "baseline", "--stage", "trian", "--json").json["error"] == "UnknownStage"


def test_runs_and_workspaces_that_are_none_are_refused_by_name(ran: Path, call: Call) -> None:
    assert call("contract", "show", "run-9", "--json").json["error"] == "UnknownRun"
    assert call("contract", "show", "basline", "--json").json["error"] == "UnknownWorkspace"
    assert call("contract", "adopt", "baseline", "--from", "run-9", "--json").json["error"] == "UnknownRun"
    assert call("contract", "show", "baseline", "--pipeline", "x", "--json").json["error"] == "UnknownPipeline"
    call("unmount", "baseline")
    assert call("contract", "adopt", "baseline", "--json").json["error"] == "NotMounted"


def test_a_file_that_somebody_edits_meanwhile_is_left_alone(ran: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here they edit it between the moment when it is read and the moment when it would be written."""
    edited = PIPELINE + "# mine\n"
    original = ContractCommands._with_contracts

    def slow(self: ContractCommands, *given: object) -> bytes:
        result: bytes = original(self, *given)  # type: ignore[arg-type]  # passed on as they are
        (ran / "pipeline.yaml").write_text(edited)
        return result

    monkeypatch.setattr(ContractCommands, "_with_contracts", slow)
    goldfish = Goldfish.open(ran, Actor(kind="human", name="tester"))
    with pytest.raises(PipelineChanged):
        goldfish.adopt_contracts("baseline")
    assert (ran / "pipeline.yaml").read_text() == edited


def test_a_pipeline_in_order_is_said_to_be(place: Path, call: Call) -> None:
    said = call("pipeline", "check")
    assert (said.code, said.out) == (0, "baseline: pipeline.yaml can be run: prepare → train\n")
    assert call("log", "--json").out.count("run.requested") == 0


def test_everything_that_is_wrong_is_said_at_once_with_its_file(place: Path, call: Call) -> None:
    (place / "modules/train.py").unlink()
    (place / "pipelines").mkdir()
    (place / "pipelines/sweep.yaml").write_text(
        textwrap.dedent("""\
        stages:
          - name: a
            command: [fit, "{rate}"]
            inputs: [source:digts]
            config_schema: {lr: {type: float, required: true}, steps: int}
        """)
    )
    (place / "pipelines/bad.yaml").write_text("stages: [\n")
    (place / "configs").mkdir()
    (place / "configs/a.yaml").write_text("steps: ten\n")
    said = call("pipeline", "check", "--json")
    assert said.code == 1
    found = {check["file"]: check["problems"] for check in said.json["checked"]}
    assert [p["problem"] for p in found["pipeline.yaml"]] == [
        "The stage 'train' has no code: modules/train.py is not in the workspace"
    ]
    assert [p["error"] for p in found["pipelines/bad.yaml"]] == ["BadDocument"]
    assert [(p["file"], p["problem"]) for p in found["pipelines/sweep.yaml"]] == [
        ("configs/a.yaml", "lr is required: a number (float)"),
        ("configs/a.yaml", "steps: 'ten' is not a whole number (int)"),
        ("pipelines/sweep.yaml", "There is no source 'digts'"),
        ("pipelines/sweep.yaml", "stage 'a', command, item 2: the configuration has no key 'rate'"),
    ]
    only = call("pipeline", "check", "baseline", "--pipeline", "sweep", "--json").json["checked"]
    assert [check["pipeline"] for check in only] == ["sweep"]
    assert "has 1 problem" in call("pipeline", "check").out


def test_a_workspace_without_a_pipeline_is_told_so(project: Path, call: Call) -> None:
    said = call("pipeline", "check", "baseline")
    assert (said.code, "there is no such file" in said.out) == (1, True)


def test_without_a_mounted_workspace_nothing_is_checked(project: Path, call: Call) -> None:
    call("unmount", "baseline")
    said = call("pipeline", "check")
    assert (said.code, "No workspace is mounted" in said.out) == (0, True)


def test_a_pipeline_is_drawn(place: Path, call: Call) -> None:
    said = call("pipeline", "show", "baseline").out
    assert said.splitlines()[2:] == [
        "prepare  modules/prepare.py",
        "├─→ features  npy",
        "└─→ names     csv        columns: [name]",
        "",
        "train  modules/train.py",
        "├─← features  npy        prepare.features",
        "└─→ report    json",
    ]
    assert call("pipeline", "show", "baseline", "--mermaid").out == textwrap.dedent("""\
        flowchart TD
          s1["prepare"]
          s2["train"]
          s1 -->|"features"| s2
    """)
    stages = call("pipeline", "show", "baseline", "--json").json["stages"]
    assert [stage["name"] for stage in stages] == ["prepare", "train"]
