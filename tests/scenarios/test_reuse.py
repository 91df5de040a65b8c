"""Work that was done before is not done again; what is asked for twice is answered; what failed can be asked again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from goldfish.api.answers import EventAnswer, RunProgress
from goldfish.api.asking import Asked
from goldfish.api.requests import RunRequest
from goldfish.api.resolving import Resolved
from goldfish.domain.reachable import Code, Reach
from goldfish.domain.values import Reason
from goldfish.errors import BadInputOverride, Busy, Conflict, NothingToRetry, UnresolvedInput
from tests.scenarios.conftest import Lab

PIPELINE = """
stages:
  - {name: prepare, outputs: {x: json}}
  - {name: train, inputs: {x: prepare.x}, outputs: {model: json}, defaults: {lr: 0.1}}
  - {name: evaluate, inputs: {model: train.model}}
"""
PREPARE = """
from goldfish.io import save_output
def main(): save_output("x", [1, 2, 3])
"""
TRAIN = """
from goldfish.io import get_config, load_input, save_output
from goldfish.metrics import log_metric
def main():
    lr = get_config()["lr"]
    log_metric("loss", lr)
    if lr > 1:
        raise ValueError("too big")
    save_output("model", [lr * x for x in load_input("x")])
"""
EVALUATE = """
from goldfish.io import load_input
from goldfish.metrics import log_metric
def main(): log_metric("sum", sum(load_input("model")))
"""


@pytest.fixture
def digits(lab: Lab) -> Lab:
    lab.write(pipeline=PIPELINE, prepare=PREPARE, train=TRAIN, evaluate=EVALUATE)
    return lab


def reused(progress: RunProgress) -> dict[str, str | None]:
    return {stage.stage: stage.reused for stage in progress.stages}


def test_unchanged_stages_are_taken_over_and_lineage_leads_to_who_did_the_work(digits: Lab) -> None:
    digits.run()
    second = digits.run(settings=["lr=0.2"])
    assert second.outcome == "succeeded"
    assert reused(second) == {"prepare": "run-1/prepare", "train": None, "evaluate": None}
    made_from = digits.goldfish.lineage("run-2/train.model")
    assert "run-1/prepare" in made_from.model_dump_json()


def test_an_edit_of_one_stage_changes_nothing_for_those_that_cannot_reach_it(digits: Lab) -> None:
    digits.run()
    digits.write(evaluate=EVALUATE.replace("sum(", "max("))
    second = digits.run()
    assert reused(second) == {"prepare": "run-1/prepare", "train": "run-1/train", "evaluate": None}


def test_fresh_carries_out_every_stage_and_a_rerun_is_fresh(digits: Lab) -> None:
    digits.run()
    assert set(reused(digits.run(settings=["lr=0.2"], fresh=True)).values()) == {None}
    assert set(reused(digits.run(rerun="to see whether it is stable")).values()) == {None}


def test_work_whose_bytes_are_gone_is_done_again(digits: Lab) -> None:
    digits.run()
    story = digits.goldfish.log(limit=1000, stream="run-1/prepare")
    digest = next(str(e.data["digest"]) for e in story if e.name == "execution.output-captured")
    path = digits.goldfish.services.artifacts.path(digest)  # type: ignore[arg-type]
    path.parent.chmod(0o755)
    kept = path.read_bytes()
    path.unlink()
    second = digits.run(settings=["lr=0.3"])
    assert second.outcome == "succeeded"
    assert reused(second)["prepare"] is None
    assert path.read_bytes() == kept


def test_what_is_asked_for_twice_is_answered_also_when_it_is_only_a_part(digits: Lab) -> None:
    digits.run()
    again = digits.start("prepare", "train")
    assert (again.started, again.run) == (False, "run-1")
    assert again.tried is not None
    assert again.tried.stages == {"prepare": "run-1/prepare", "train": "run-1/train"}


def test_a_part_that_failed_before_is_answered_with_the_failure(digits: Lab) -> None:
    digits.run(settings=["lr=9"])
    again = digits.start("train", settings=["lr=9"])
    assert again.started is False
    assert again.tried is not None
    assert (again.tried.outcome, again.tried.run) == ("failed", "run-1")
    assert "too big" in (again.tried.cause or "")


def test_a_stage_that_is_carried_out_every_time_is_never_answered_by_an_earlier_run(digits: Lab) -> None:
    digits.write(pipeline=PIPELINE.replace("{name: evaluate,", "{name: evaluate, reuse: false,"))
    digits.run()
    assert digits.goldfish.plan("w").tried is None
    second = digits.run()
    assert (second.run, second.outcome) == ("run-2", "succeeded")
    assert reused(second) == {"prepare": "run-1/prepare", "train": "run-1/train", "evaluate": None}
    digits.run(settings=["lr=9"])
    assert digits.start(settings=["lr=9"]).started


def test_a_run_that_repeats_another_on_purpose_is_not_told_of_it(digits: Lab) -> None:
    digits.run()
    assert digits.start(rerun="to see whether it is stable").near == []


def test_files_that_were_changed_since_they_were_looked_at_are_not_recorded_as_what_ran(digits: Lab) -> None:
    digits.goldfish.unmount("w")
    busy = digits.goldfish
    asked = Asked()
    meaning = Resolved(busy, busy.look("w"), asked, busy.register_path)
    request = RunRequest(busy, meaning, asked, Reason(description="to see which files are run"))
    assert meaning.plan.stages
    place = Path(busy.mount("w").path or "")
    (place / "README.md").write_text("somebody else")
    busy.sync("w")
    with pytest.raises(Busy):
        busy.execute(request.decide, request.body(), None)


def test_a_dry_run_says_where_every_value_comes_from_and_records_nothing(digits: Lab) -> None:
    digits.run()
    digits.config("train", "epochs: 3\n")
    before = digits.goldfish.status().as_of
    plan = digits.goldfish.plan("w", settings=["lr=0.5"])
    train = next(stage for stage in plan.stages if stage.stage == "train")
    assert {key: (v.value, v.origin) for key, v in train.config.items()} == {
        "lr": (0.5, "override"),
        "epochs": (3, "config"),
    }
    assert (plan.version, plan.is_new) == ("w@v3", True)
    assert [(i.ref, i.digest is not None) for i in train.inputs] == [("prepare.x", True)]
    assert [stage.earlier for stage in plan.stages] == ["run-1/prepare", None, None]
    assert digits.goldfish.status().as_of == before


def test_what_a_dry_run_foresees_is_what_the_run_does(digits: Lab) -> None:
    digits.run()
    foreseen = {s.stage: s.earlier for s in digits.goldfish.plan("w", settings=["lr=0.4"]).stages}
    assert reused(digits.run(settings=["lr=0.4"])) == foreseen


def test_a_retry_takes_over_what_succeeded_and_repeats_the_rest(digits: Lab) -> None:
    digits.run(settings=["lr=9"])
    asked = digits.goldfish.retry("run-1", reason="with the same settings, to be sure")
    ended = digits.goldfish.wait(asked.run, seconds=60)
    assert (ended.outcome, reused(ended)["prepare"]) == ("failed", "run-1/prepare")
    requested = digits.goldfish.log(stream=asked.run)[0]
    assert requested.data["rerun_of"] == "run-1"
    digits.run()
    with pytest.raises(NothingToRetry):
        digits.goldfish.retry("run-3", reason="it went well, but still")


# ── other bytes in the place of inputs ────────────────────────────────────────────────────────────────────────────────


def test_an_input_can_be_another_runs_output_a_source_or_a_path(digits: Lab, tmp_path: Path) -> None:
    digits.run()
    other = tmp_path / "Other X.json"
    other.write_text("[10, 20]")
    by_path = digits.run("train", "evaluate", inputs={"x": str(other)})
    assert by_path.outcome == "succeeded"
    assert [row["ref"] for row in inputs_of(digits, "run-2")][:1] == ["other-x@r1"]
    by_source = digits.start("train", inputs={"train.x": "other-x"})
    assert by_source.tried is not None
    by_output = digits.run("evaluate", inputs={"model": "run-1"}, rerun="to see that it takes the first model")
    assert [row["ref"] for row in inputs_of(digits, by_output.run)] == ["run-1/train.model"]


def test_a_dry_run_with_a_path_records_nothing_and_foresees_the_same(digits: Lab, tmp_path: Path) -> None:
    digits.run()
    other = tmp_path / "other.json"
    other.write_text("[10, 20]")
    before = digits.goldfish.status().as_of
    plan = digits.goldfish.plan("w", ["train"], inputs={"x": str(other)})
    assert digits.goldfish.status().as_of == before
    given = plan.stages[0].inputs[0]
    assert (given.ref, given.origin) == (str(other), "request")
    assert digits.start("train", inputs={"x": str(other)}).fingerprint == plan.fingerprint


def test_a_part_reads_what_its_own_pipeline_wrote_not_a_stage_of_this_name_in_another(digits: Lab) -> None:
    digits.run()
    (digits.place / "pipelines").mkdir()
    (digits.place / "pipelines" / "other.yaml").write_text(PIPELINE.replace("lr: 0.1", "lr: 0.7"))
    assert digits.run(pipeline="other").outcome == "succeeded"
    refs = [digits.goldfish.plan("w", ["evaluate"], pipeline=name).stages[0].inputs[0].ref for name in ("", "other")]
    assert refs == ["run-1/train.model", "run-2/train.model"]


def inputs_of(lab: Lab, run: str) -> list[dict[str, str]]:
    view = lab.goldfish.services.projector.at()
    return view.rows("SELECT ref FROM inputs WHERE run = ? ORDER BY position", run)


def test_inputs_that_do_not_exist_or_hold_something_else_are_refused_by_name(digits: Lab, tmp_path: Path) -> None:
    digits.run()
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n")
    with pytest.raises(UnresolvedInput):
        digits.start(inputs={"x": str(table)})
    with pytest.raises(BadInputOverride) as unknown:
        digits.start(inputs={"modle": "run-1"})
    assert unknown.value.near == ("evaluate.model",)
    with pytest.raises(BadInputOverride):
        digits.start(inputs={"x": "run-1/evaluate"})


# ── the end of one stage ──────────────────────────────────────────────────────────────────────────────────────────────


def test_one_stage_can_be_ended_while_the_others_go_on(lab: Lab) -> None:
    lab.write(
        pipeline="stages: [{name: slow}, {name: quick}, {name: after, inputs: {y: slow.y}}]".replace(
            "{name: slow}", "{name: slow, outputs: {y: json}}"
        ),
        slow="import time\ndef main(): time.sleep(60)\n",
        quick="import time\ndef main(): time.sleep(1)\n",
        after="def main(): pass\n",
    )
    asked = lab.start()
    deadline = time.monotonic() + 30
    while "execution.launched" not in lab.names(f"{asked.run}/slow"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    lab.goldfish.cancel(f"{asked.run}/slow", "it takes too long")
    ended = lab.goldfish.wait(asked.run, seconds=60)
    assert ended.outcome == "cancelled"
    assert "it takes too long" in (ended.cause or "")
    assert {s.stage: s.outcome for s in ended.stages} == {"slow": "cancelled", "quick": "succeeded", "after": None}
    assert lab.names(f"{asked.run}/after") == []


def test_a_run_of_a_version_that_somebody_else_has_left_behind_is_refused(digits: Lab) -> None:
    digits.run()
    digits.write(evaluate=EVALUATE.replace("sum(", "min("))
    digits.goldfish.save_version("w", "somebody else was faster")
    with pytest.raises(Conflict) as refused:
        digits.start(expected="w@v2", settings=["lr=0.2"])
    assert "somebody else was faster" in refused.value.message
    assert digits.start(expected="v3", settings=["lr=0.2"]).started


def test_a_stage_says_which_files_it_imported_and_all_of_them_were_foreseen(digits: Lab) -> None:
    (digits.place / "modules" / "words.py").write_text("values = [1, 2, 3]\n")
    digits.write(prepare="from modules import words\n" + PREPARE.replace("[1, 2, 3]", "words.values"))
    digits.run()
    loaded = (digits.goldfish.layout.execution("run-1/prepare") / "loaded.json").read_text()
    assert json.loads(loaded) == ["modules/prepare.py", "modules/words.py"]
    assert [e.data["check"] for e in checks_of(digits, "run-1/prepare")] == []


def checks_of(lab: Lab, execution: str) -> list[EventAnswer]:
    events = lab.goldfish.log(limit=100, stream=execution)
    return [e for e in events if e.name == "execution.check-evaluated" and e.data["verdict"] == "failed"]


def test_an_execution_that_imported_what_nobody_foresaw_stands_in_for_nothing(
    digits: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Code, "stage", lambda self, stage: Reach((stage.module,)))  # as if the search were blind
    (digits.place / "modules" / "words.py").write_text("values = [1, 2, 3]\n")
    digits.write(prepare="from modules import words\n" + PREPARE.replace("[1, 2, 3]", "words.values"))
    digits.run()
    (finding,) = checks_of(digits, "run-1/prepare")
    assert finding.data["evidence"] == {"files": ["modules/words.py"], "count": 1}
    assert digits.start().started
    assert reused(digits.run(settings=["lr=0.2"]))["prepare"] is None


def test_the_log_of_work_that_was_taken_over_is_that_of_who_did_it(digits: Lab) -> None:
    digits.write(prepare=PREPARE.replace("def main():", "def main():\n    print('prepared');"))
    digits.run()
    digits.run(settings=["lr=0.2"])
    printed = digits.goldfish.logs("run-2")[0]
    assert (printed.execution, printed.text) == ("run-1/prepare", "prepared")
