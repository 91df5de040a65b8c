"""Findings in words of one's own: each key is understood by what it says, or by what the ledger knows by its value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from goldfish.domain.discovery import Understood, understand
from goldfish.domain.suspicion import CodeIs, InputIs, LabelIs, ScoreIs, SettingIs, Suspicion

DIGEST = "c3" * 32


class Known:
    """A small ledger's names."""

    def runs(self, name: str) -> list[str]:
        return {"E7": ["run-7"], "run-7": ["run-7"], "E8": ["run-8"]}.get(name, [])

    def group(self, name: str) -> bool:
        return name == "sweep"

    def thing(self, name: str) -> str | None:
        return {"digits@r1": "digits@r1", "cmp-3": "claim-3"}.get(name)

    def codes(self, name: str) -> list[CodeIs]:
        if name == "baseline@v2":
            return [CodeIs(version=name)]
        return [CodeIs(label=name)] if name in ("main@2 (broken)", "main@3") else []

    def inputs(self, name: str) -> list[InputIs]:
        if DIGEST.startswith(name.removeprefix("sha256:")) and len(name) > 6:
            return [InputIs(name="digits", digest=name.removeprefix("sha256:"))]
        return [InputIs(name=name)] if name in ("digits", "letters") else []

    def setting(self, name: str) -> str | None:
        return {"use_context": "use_context", "lr": "lr", "t_max": "T_max", "T_max": "T_max"}.get(name)

    def metric(self, name: str) -> bool:
        return name in ("accuracy", "val_l2")

    def label(self, name: str) -> bool:
        return name == "delta_norm"

    def actor(self, name: str) -> bool:
        return name == "coder"


def read(**given: Any) -> Understood:
    return understand(given, Known())


def meant(**given: Any) -> Suspicion:
    """The suspicion, where every part of the finding was used."""
    found = read(**given)
    assert not found.not_understood
    return found.suspicion


ON = [[SettingIs(name="use_context")]]
EXACT: list[tuple[dict[str, Any], Suspicion]] = [
    ({"bad_flag": "use_context"}, Suspicion(settings=ON)),
    ({"brokenFlags": ["use_context"]}, Suspicion(settings=ON)),
    ({"missing_flag": "use_context"}, Suspicion(settings=[[SettingIs(name="use_context", test="off")]])),
    ({"use_context": True}, Suspicion(settings=ON)),
    ({"bad_use_context": True}, Suspicion(settings=ON)),
    (
        {"bad_config": {"lr": 0.1, "t_max": [150, 160]}},
        Suspicion(
            settings=[
                [
                    SettingIs(name="lr", test="equals", value=0.1),
                    SettingIs(name="T_max", test="equals", value=value),
                ]
                for value in (150, 160)
            ]
        ),
    ),
    ({"setting": "lr=0.1"}, Suspicion(settings=[[SettingIs(name="lr", test="equals", value=0.1)]])),
    (
        {"param": "t_max", "bad_value": 160, "good_value": 150},
        Suspicion(
            settings=[[SettingIs(name="T_max", test="equals", value=160)]],
            sound_settings=[[SettingIs(name="T_max", test="equals", value=150)]],
        ),
    ),
    ({"param": "t_max", "expected": 150}, Suspicion(settings=[[SettingIs(name="T_max", test="differs", value=150)]])),
    (
        {"bad_code": "main@2 (broken)", "fixed_code": ["main@3"]},
        Suspicion(code=[CodeIs(label="main@2 (broken)")], sound_code=[CodeIs(label="main@3")]),
    ),
    (
        {"code": {"bad": "main@2 (broken)", "fixed": "main@3"}},
        Suspicion(code=[CodeIs(label="main@2 (broken)")], sound_code=[CodeIs(label="main@3")]),
    ),
    ({"code_committed": False}, Suspicion(committed=False)),
    (
        {"bad_data": {"name": "digits", "sha256": DIGEST}},
        Suspicion(inputs=[InputIs(name="digits", digest=DIGEST)], builds_on=True),
    ),
    (
        {"bad_input": "digits", "bad_sha256": DIGEST},
        Suspicion(inputs=[InputIs(name="digits", digest=DIGEST)], builds_on=True),
    ),
    ({"run": "E7"}, Suspicion(runs=["run-7"], builds_on=True)),
    ({"bad_checkpoint": "E7"}, Suspicion(runs=["run-7"], builds_on=True, inherited=True)),
    (
        {"duplicates": [["E7", "E8"]], "original": "E7"},
        Suspicion(runs=["run-7", "run-8"], sound_runs=["run-7"], builds_on=True),
    ),
    ({"experiment": "sweep"}, Suspicion(groups=["sweep"], builds_on=True)),
    ({"about": "cmp-3"}, Suspicion(things=["claim-3"], builds_on=True)),
    (
        {"stale_baseline": "E7", "current_baseline": "E8"},
        Suspicion(compared_with=["run-7"], sound_runs=["run-8"], replaced=True),
    ),
    ({"signal": "compared against a baseline that had already been replaced"}, Suspicion(replaced=True)),
    ({"signal": "a newer baseline was in force"}, Suspicion(replaced=True)),
    ({"signal": "runs that did not finish were read as results"}, Suspicion(outcomes=["failed", "cancelled", "lost"])),
    ({"signal": "the last value of crashed runs was reported"}, Suspicion(outcomes=["failed"])),
    ({"bad_status": ["OOM", "stopped"]}, Suspicion(outcomes=["failed", "cancelled"])),
    ({"lost_run": "E7"}, Suspicion(runs=["run-7"])),
    ({"run": "E7", "reverted_to": "E8"}, Suspicion(runs=["run-7"], sound_runs=["run-8"], builds_on=True)),
    ({"signal": "the tree of the merge equals its parent"}, Suspicion(committed=False)),
    ({"signal": "it cannot be rebuilt", "rule": "runs whose code was never committed"}, Suspicion(committed=False)),
    ({"bad_baseline": "E7"}, Suspicion(runs=["run-7"])),
    (
        {"trivial_score": 1.75, "found_by": "E8", "tolerance": 0.01},
        Suspicion(scores=[ScoreIs(value=1.75, tolerance=0.01)], sound_runs=["run-8"]),
    ),
    ({"val_l2": 1.75}, Suspicion(scores=[ScoreIs(value=1.75, tolerance=0.005, metric="val_l2")])),
    ({"metric": "accuracy", "below": 0.1}, Suspicion(scores=[ScoreIs(value=0.1, metric="accuracy", test="below")])),
    ({"bad_metric": "accuracy"}, Suspicion(metrics=["accuracy"])),
    ({"delta_norm": 0.0}, Suspicion(labels=[LabelIs(name="delta_norm", value=0.0)])),
    ({"bad_flag": "use_context", "seeds": [3, 7]}, Suspicion(settings=ON, seeds=[3, 7])),
    (
        {"agent": "coder", "since": "2026-04-01", "until": "2026-04-02T12:00:00Z"},
        Suspicion(actors=["coder"], since=datetime(2026, 4, 1, tzinfo=UTC), until=datetime(2026, 4, 2, 12, tzinfo=UTC)),
    ),
    ({"status": "crashed"}, Suspicion(outcomes=["failed"])),
    ({"signal": "gain smaller than the spread between seeds"}, Suspicion(noise="gain")),
    ({"signal": "the merge commit is empty: its code is lost"}, Suspicion(committed=False)),
    ({"signal": "runs with other settings have identical metrics"}, Suspicion(twins=True)),
]


@pytest.mark.parametrize(("given", "suspicion"), EXACT, ids=[str(given)[:60] for given, _ in EXACT])
def test_what_is_told_is_understood(given: dict[str, Any], suspicion: Suspicion) -> None:
    assert meant(**given) == suspicion


def test_names_in_sentences_are_heard_where_no_key_says_anything() -> None:
    assert meant(signal="the model of E7 was trained on test data").runs == ["run-7"]
    assert meant(signal="the model of E7 was trained on test data", bad_flag="use_context").runs == []


def test_when_and_by_whom_it_was_found_says_nothing_of_what_is_bad() -> None:
    found = meant(at="2026-04-05T00:57:17Z", found_by="coder", bad_flag="use_context")
    assert found == Suspicion(settings=ON)


def test_what_is_not_understood_is_named() -> None:
    found = read(bad_flag="use_context", commit="0123abc", moon="full", weight=3)
    assert found.suspicion == Suspicion(settings=ON)
    assert [part.partition(":")[0] for part in found.not_understood] == ["commit", "moon", "weight"]


def test_a_rule_is_heard_only_where_nothing_else_tells() -> None:
    found = read(run="E7", rule="claims that are within the noise of a gain")
    assert found.suspicion == Suspicion(runs=["run-7"], builds_on=True)
    assert found.not_understood == [
        'rule: "claims that are within the noise of a gain" was not needed, or names nothing here'
    ]


def test_a_tolerance_below_zero_is_none() -> None:
    found = read(value=0, tolerance=-1)
    assert found.suspicion == Suspicion(scores=[ScoreIs(value=0)])
    assert found.not_understood == ["tolerance: -1 names nothing here"]


def test_nothing_understood_is_nothing_suspected() -> None:
    assert not read(moon="full", at="2026-04-05").suspicion.says_something
    assert not read().suspicion.says_something


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
_WORDS = """
    bad_flag bad_config value good_value code fixed_code data sha256 run checkpoint baseline metric score below seed
    agent since until at found_by signal tolerance committed status setting lr delta_norm
"""
KEYS = st.sampled_from(_WORDS.split()) | st.text(max_size=12)


@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_whatever_is_told_is_a_suspicion_that_can_be_written_down(given: dict[str, JsonValue]) -> None:
    found = understand(given, Known()).suspicion
    assert Suspicion.model_validate_json(found.model_dump_json()) == found
    assert all(found.said())
