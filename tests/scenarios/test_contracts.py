"""Contracts in real runs: broken ones fail the stage that breaks them, and nothing wrong is read."""

from __future__ import annotations

import pytest

from goldfish.domain.executions import Execution
from goldfish.domain.names import Stream
from goldfish.errors import ContractBroken, UnknownPipeline
from tests.scenarios.conftest import Lab

PIPELINE = """
    stages:
      - name: prepare
        outputs: {{features: {{type: npy, contract: {promised}}}}}
        defaults: {{width: 3}}
      - name: train
        inputs: {{features: {{from_stage: prepare, contract: {wanted}}}}}
        outputs: {{size: json}}
"""
PREPARE = """
    import numpy
    from goldfish.io import get_config, save_output
    save_output("features", numpy.zeros((5, get_config()["width"]), "float32"))
"""
TRAIN = """
    from goldfish.io import load_input, save_output
    save_output("size", int(load_input("features").size))
"""


def write(lab: Lab, promised: str = "{}", wanted: str = "{}") -> None:
    lab.write(pipeline=PIPELINE.format(promised=promised, wanted=wanted), prepare=PREPARE, train=TRAIN)


def verdicts(lab: Lab, execution: str) -> list[tuple[str, str, str]]:
    events = [e.event for e in lab.goldfish.services.journal.load(Stream(execution))]
    checks = [e for e in events if isinstance(e, Execution.CheckEvaluated) and e.check == "contract"]
    return [(check.subject, check.verdict, check.severity) for check in checks]


def test_what_keeps_its_contract_passes_and_the_pass_is_recorded(lab: Lab) -> None:
    write(lab, promised='{shape: [null, "{width}"], dtype: float32}', wanted="{rank: 2}")
    assert lab.run().outcome == "succeeded"
    assert verdicts(lab, "run-1/prepare") == [("features", "passed", "block")]
    assert verdicts(lab, "run-1/train") == [("features", "passed", "block")]


def test_an_output_that_breaks_its_contract_fails_its_stage(lab: Lab) -> None:
    write(lab, promised="{shape: [null, 4]}")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "the output features is not what its contract says: its shape is [5, 3], not [any, 4]" in str(ended)
    assert verdicts(lab, "run-1/prepare") == [("features", "failed", "block")]


def test_a_violation_that_is_only_recorded_stops_nothing(lab: Lab) -> None:
    write(lab, promised="{shape: [null, 4], enforcement: warn}")
    assert lab.run().outcome == "succeeded"
    assert verdicts(lab, "run-1/prepare") == [("features", "failed", "warn")]


def test_a_stage_does_not_start_on_bytes_that_it_does_not_take(lab: Lab) -> None:
    write(lab, wanted="{dtype: float64}")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "the input features is not what its contract says: its dtype is float32, not float64" in str(ended)


def test_bytes_of_an_earlier_run_are_refused_when_the_run_is_planned(lab: Lab) -> None:
    write(lab)
    assert lab.run().outcome == "succeeded"
    write(lab, wanted="{dtype: float64}")
    with pytest.raises(ContractBroken, match=r"run-1/prepare.features: its dtype is float32, not float64"):
        lab.start("train")


def test_two_contracts_that_contradict_each_other_are_refused_when_the_run_is_planned(lab: Lab) -> None:
    write(lab, promised="{dtype: float32}", wanted="{dtype: float64}")
    with pytest.raises(ContractBroken, match="the dtype float32 is promised, float64 wanted"):
        lab.start()


def test_a_named_pipeline_has_its_own_configuration(lab: Lab) -> None:
    write(lab)
    folder = lab.place / "pipelines"
    folder.mkdir()
    (folder / "wide.yaml").write_text((lab.place / "pipeline.yaml").read_text())
    (lab.place / "configs/wide").mkdir(parents=True)
    (lab.place / "configs/prepare.yaml").write_text("width: 4\nheight: 1\n")
    (lab.place / "configs/wide/prepare.yaml").write_text("width: 5\n")
    run = lab.start(pipeline="wide").run
    requested = lab.goldfish.services.journal.load(Stream(run))[0].event
    assert requested.pipeline == "wide"  # type: ignore[attr-defined]  # the first event of a run is its request
    assert requested.stages[0].config == {"width": 5, "height": 1}  # type: ignore[attr-defined]
    with pytest.raises(UnknownPipeline) as caught:
        lab.start(pipeline="wid")
    assert caught.value.near == ("wide",)


def test_a_contract_that_was_mended_is_no_reason_to_call_the_work_tried(lab: Lab) -> None:
    write(lab, promised="{shape: [null, 4]}")
    assert lab.run().outcome == "failed"
    assert not lab.start().started
    write(lab, promised="{shape: [null, 3]}")
    assert lab.run().outcome == "succeeded"


def test_what_was_done_before_is_done_again_only_when_it_breaks_what_is_now_asked(lab: Lab) -> None:
    write(lab)
    assert lab.run().outcome == "succeeded"
    write(lab, promised="{rank: 2}")
    assert not lab.start().started
    write(lab, promised="{rank: 1}")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "it has 2 axes, not 1" in str(ended)
