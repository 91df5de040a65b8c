"""What a finding spoils: what is bad in itself, all that depends on it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldfish.domain.discovery import understand
from goldfish.domain.findings import Finding
from goldfish.domain.suspicion import CodeIs, InputIs, ScoreIs, SettingIs, Suspicion
from goldfish.domain.tags import Tag
from goldfish.projections.projector import Projector, View
from goldfish.queries.affected import Affected, affected, spoiled
from goldfish.queries.history import history
from goldfish.queries.lineage import lineage
from goldfish.queries.show import show
from goldfish.queries.spreading import VERDICT, Whole
from goldfish.queries.vocabulary import LedgerVocabulary
from goldfish.queries.warnings import warnings_of, warnings_on
from tests.histories import History, histories
from tests.queries.elsewhere import NEW, OLD, Laboratory, laboratory
from tests.queries.stories import RAW, digits, now, source


@pytest.fixture(scope="module")
def elsewhere() -> View:
    return now(laboratory().log)


@pytest.fixture(scope="module")
def ours() -> View:
    return now(digits())


def told(view: View, **finding: Any) -> Affected:
    """What is affected by a finding in words of one's own."""
    return affected(view, understand(finding, LedgerVocabulary(view)).suspicion)


def test_a_flag_that_did_nothing_spoils_its_runs_and_what_compares_with_them(elsewhere: View) -> None:
    found = told(elsewhere, bad_flag="crop", bad_code=["main@2 (crop broken)"], fixed_code="main@3 (crop mended)")
    assert set(found.affected) == {"crop", "crop-again", "cmp-crop", "cmp-no-crop", "keep-crop"}
    assert found.why["cmp-no-crop"] == "compares with crop"
    assert found.why["keep-crop"] == "rests on cmp-crop"


def test_what_goes_on_with_a_bad_run_is_bad_with_it_unless_only_its_code_or_settings_were(elsewhere: View) -> None:
    assert "tuned" in told(elsewhere, bad_checkpoint="crop").affected
    assert "tuned" not in told(elsewhere, bad_flag="crop", bad_code="main@2 (crop broken)").affected


def test_bad_data_spoil_what_read_them_and_not_what_read_the_mended_ones(elsewhere: View) -> None:
    found = told(elsewhere, bad_data="faces", bad_sha256=OLD, fixed_sha256=NEW)
    assert "clean" not in found.affected
    assert {"plain", "tuned", "cmp-crop"} < set(found.affected)
    inherited = told(elsewhere, bad_sha256=OLD, fixed_sha256=NEW, signal="inherited by fine-tuned children")
    assert "clean" in inherited.affected


def test_code_that_was_never_committed_spoils_its_runs(elsewhere: View) -> None:
    found = told(elsewhere, signal="the code of this result was never committed")
    assert found.affected == ["scratch", "cmp-scratch", "publish"]


def test_a_metric_that_was_computed_wrongly_leaves_claims_about_others_alone(elsewhere: View) -> None:
    found = told(elsewhere, bad_metric="error")
    assert "cmp-crop" in found.affected
    assert "cmp-time" not in found.affected


def test_the_run_that_showed_a_trivial_score_is_not_spoiled_by_it(elsewhere: View) -> None:
    found = told(elsewhere, trivial_score=0.5, found_by="plain", signal="within 0.02 of guessing")
    assert set(found.affected) == {"crop", "crop-again", "no-crop", "cmp-crop", "cmp-no-crop", "keep-crop"}


def test_a_baseline_that_should_not_have_been_compared_with_spoils_claims_alone(elsewhere: View) -> None:
    assert told(elsewhere, stale_baseline="plain").affected == ["cmp-crop", "cmp-time", "keep-crop"]


def test_a_window_of_time_bounds_what_is_bad(elsewhere: View) -> None:
    whole = told(elsewhere, bad_code="main@2 (crop broken)")
    late = told(elsewhere, bad_code="main@2 (crop broken)", since="2026-03-01T15:30:00Z")
    assert [line.id for line in late.lines if line.kind == "run"] == ["no-crop"]
    assert set(late.affected) < set(whole.affected)


def baselines() -> Laboratory:
    """Three baselines, each in force until the next; some compare with one that had been replaced."""
    made = Laboratory()
    made.run("first")
    made.run("second")
    made.claim("cmp-second", "second beats first", ["second"], ["first"])
    made.decision("adopt-second", "baseline_set", ["cmp-second"])
    made.run("third")
    made.claim("late", "third beats first", ["third"], ["first"])
    made.decision("keep-third", "merge", ["late"])
    made.run("control")
    made.claim("own-control", "third beats its control", ["third"], ["control"])
    made.claim("in-time", "third beats second", ["third"], ["second"])
    made.decision("drop", "remove the flag from the baseline", ["third"])
    made.claim("still-in-time", "control is worse than second", ["control"], ["second"])
    made.decision("back", "revert the baseline", ["first"])
    made.claim("after-the-revert", "third beats second", ["third"], ["second"])
    made.claim("against-the-reverted", "third beats first", ["third"], ["first"])
    return made


def test_claims_against_what_was_no_longer_the_baseline_are_spoiled_and_those_in_time_are_not() -> None:
    view = now(baselines().log)
    signal = "the baseline of the comparison had already been replaced"
    assert told(view, signal=signal).affected == ["late", "after-the-revert", "keep-third"]
    assert told(view, stale_baseline="second").affected == ["after-the-revert"]


def test_a_run_that_read_other_data_is_sound_unless_it_began_with_what_a_bad_one_learnt() -> None:
    made = Laboratory()
    made.run("bad", data={"faces": OLD})
    made.run("next", data={"faces": NEW}, parents=["bad"])
    made.run("finer", data={"faces": NEW}, parents=["bad"], config={"init_from": "bad"})
    made.run("ensemble", data={"letters": NEW}, parents=["bad"])
    assert told(now(made.log), bad_sha256=OLD).affected == ["bad", "finer", "ensemble"]


# ── claims and noise ──────────────────────────────────────────────────────────────────────────────────────────────────


def seeds() -> Laboratory:
    """Eight seeds of a baseline and of two ideas: one that makes a difference, one that does not."""
    made = Laboratory()
    for seed in range(8):
        spread = (seed - 3.5) * 0.02
        made.run(f"base-{seed}", config={"lr": 1}, seed=seed, metrics={"error": 0.50 + spread})
        made.run(f"real-{seed}", config={"lr": 2}, seed=seed, metrics={"error": 0.40 + spread})
        made.run(f"idle-{seed}", config={"lr": 3}, seed=seed, metrics={"error": 0.50 - spread})
    base, real = [f"base-{n}" for n in range(8)], [f"real-{n}" for n in range(8)]
    made.claim("real", "lr 2 is better", real, base, metric="error")
    made.claim("lucky", "lr 3 gains: error 0.43", ["idle-7"], ["base-4"], metric="error")
    made.claim("honest", "lr 3 makes no difference", ["idle-7"], ["base-4"], metric="error")
    made.claim("worse", "error 0.57, worse", ["idle-0"], ["base-4"], metric="error")
    made.claim("paper", "beats 0.45", ["real-3"], [], metric="error", value=0.45, deviation=0.05, among=8)
    made.decision("adopt-lucky", "lr 3 is the baseline", ["lucky"])
    made.decision("adopt-real", "lr 2 is the baseline", ["real"])
    return made


def test_gains_inside_the_noise_of_seeds_are_spoiled_and_nothing_else_is() -> None:
    found = told(now(seeds().log), signal="gains smaller than the spread between seeds")
    assert set(found.affected) == {"lucky", "paper", "adopt-lucky"}


def test_a_difference_of_either_sign_can_be_noise() -> None:
    found = told(now(seeds().log), signal="differences that are no more than seed noise")
    assert set(found.affected) == {"lucky", "paper", "worse", "adopt-lucky"}


# ── our own runs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bad_source_spoils_every_run_that_read_it(ours: View) -> None:
    found = affected(ours, Suspicion(things=["digits@r1"]))
    assert {"run-1", "run-2", "run-3", "run-4"} < set(found.affected)
    assert affected(ours, Suspicion(inputs=[InputIs(digest=RAW)])).counts["run"] == 4


def test_a_setting_of_one_stage_leaves_what_another_one_wrote_alone(ours: View) -> None:
    found = lineage(ours, "run-2/train.model", direction="up")
    assert "run-2/prepare" in {node.id for node in found.nodes}
    spread, _ = spoiled(ours, Suspicion(settings=[[SettingIs(name="lr", test="equals", value=0.3)]]))
    assert "run-2/train.model" in spread
    assert "run-2/prepare.features" not in spread


def test_the_same_code_under_another_version_is_bad_too(ours: View) -> None:
    assert affected(ours, Suspicion(code=[CodeIs(version="baseline@v2")])).affected == ["run-2", "run-3", "run-4"]


def test_a_score_and_a_tag(ours: View) -> None:
    log = digits()
    log.append("tags", Tag.Set(name="best", target="run-2"))
    view = now(log)
    found = affected(view, Suspicion(scores=[ScoreIs(value=0.97, tolerance=0.01, metric="accuracy")]))
    assert found.affected == ["run-2", "@best"]
    assert found.why["@best"] == "points to run-2"


# ── findings that were recorded ───────────────────────────────────────────────────────────────────────────────────────


def recorded(**told: Any) -> Finding.Recorded:
    return Finding.Recorded(reason="the labels are shifted", suspicion=Suspicion(**told))


def test_a_finding_is_carried_as_a_warning_by_everything_that_it_spoils_also_by_what_comes_later() -> None:
    log = digits()
    log.append("finding-1", recorded(things=["digits@r1"]))
    log.append("source:digits", source("digits", 2).model_copy(update={"digest": "sha256:" + "7" * 64}))
    view = now(log)
    warned = {line.run: [one.finding for one in line.warnings] for line in history(view).runs}
    assert warned == {f"run-{n}": ["finding-1"] for n in range(1, 5)}
    assert {node.id for node in lineage(view, "run-4").nodes if node.warnings} >= {
        "run-4",
        "run-4/prepare",
        "digits@r1",
    }
    assert show(view, "run-1").warnings[0].reason == "the labels are shifted"  # type: ignore[union-attr]  # a run
    assert not warnings_on(view, "digits@r2")


def test_a_finding_that_was_withdrawn_warns_of_nothing() -> None:
    log = digits()
    log.append("finding-1", recorded(things=["digits@r1"]), Finding.Withdrawn(reason="they are right"))
    assert not any(line.warnings for line in history(now(log)).runs)


def test_before_a_finding_nothing_was_warned_of() -> None:
    log = digits()
    before = log.head()
    log.append("finding-1", recorded(runs=["run-1"]))
    projector = Projector(log)
    assert warnings_on(projector.at(), "run-1")
    assert not warnings_on(projector.at(before), "run-1")


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=max(5, settings().max_examples // 8), deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.data())
def test_what_is_affected_is_closed_under_dependence_and_is_just_what_is_warned_of(
    history: History, data: st.DataObject
) -> None:
    view = Projector(history.log).at()
    nodes = [row["node"] for row in view.rows("SELECT source AS node FROM edges UNION SELECT target FROM edges")]
    known = sorted({*nodes, *history.runs, *history.notes})
    things = data.draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else []
    suspicion = Suspicion(things=things, builds_on=data.draw(st.booleans()))
    spoilt, _ = spoiled(view, suspicion)
    assert set(things) <= set(spoilt)
    handed = [one for one in Whole(view).onward(list(spoilt)) if one.kind not in ("parent", "reused")]
    assert {one.target for one in handed} <= set(spoilt)
    history.log.append("finding-1", Finding.Recorded(reason="bad", suspicion=suspicion))
    after = Projector(history.log).at()
    warned = warnings_of(after, [*known, *spoilt])
    assert {node for node in known if {node, node + VERDICT} & set(spoilt)} == {
        node for node in known if node in warned
    }
