"""incident.json: its runs, its claims and its decisions; nothing else of it is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldfish.adapters.imports import open_history
from goldfish.domain.notes import ForeignNote, Measured
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart
from tests.adapters.imports.given import experiments, parts, refused

RUN = {
    "id": "a-1",
    "experiment": "wide",
    "at": "2026-02-03T10:00:00Z",
    "code_hash": "3f2a91c",
    "code_label": "main@7",
    "code_committed": True,
    "config": {"wide": True},
    "inputs": [{"name": "train", "sha256": "1" * 64}],
    "seed": 1,
    "metrics": {"mae": 2.0},
    "parents": [],
    "status": "finished",
    "gradient_norm": 0.5,
}
CLAIM = {
    "id": "wider is better",
    "kind": "comparison",
    "runs": ["a-1"],
    "baseline_runs": [],
    "claim": "mae 2.0 against 2.5",
    "metric": "mae",
    "baseline_value": 2.5,
    "baseline_sd": 0.25,
    "baseline_n": 4,
    "at": "2026-02-03T11:00:00Z",
}
DECISION = {
    "id": "merge",
    "kind": "decision",
    "what": "merge",
    "basis": ["wider is better"],
    "at": "2026-02-03T12:00:00Z",
}


def written(path: Path, given: Any) -> Path:
    path.write_text(json.dumps(given))
    return path


def notes(path: Path) -> list[ForeignNote]:
    told = (part.said for part in parts("incident", path) if isinstance(part, ForeignPart))
    return [said for said in told if isinstance(said, ForeignNote)]


def test_runs_come_before_what_is_said_of_them(tmp_path: Path) -> None:
    path = written(tmp_path / "i.json", {"records": [DECISION, CLAIM], "runs": [RUN], "affected": ["a-1"]})
    found = parts("incident", path)
    assert [part.where for part in found] == ["run 1", "record 2", "record 1"]
    (run,) = experiments(found)
    assert (run.group, run.seed, run.outcome, run.labels["gradient_norm"]) == ("wide", 1, "succeeded", 0.5)
    assert "affected" not in repr(found)


def test_a_comparison_is_a_claim_and_what_rests_on_something_a_decision(tmp_path: Path) -> None:
    claim, decision = notes(written(tmp_path / "i.json", {"runs": [RUN], "records": [CLAIM, DECISION]}))
    assert (claim.kind, claim.because, claim.measured) == (
        "claim",
        ["a-1"],
        Measured(metric="mae", value=2.5, deviation=0.25, among=4),
    )
    assert (decision.kind, decision.text, decision.because) == ("decision", "merge", ["wider is better"])


def test_a_record_that_is_neither_is_refused_and_so_is_the_second_of_an_id(tmp_path: Path) -> None:
    given = {"runs": [RUN, {**RUN, "seed": 2}], "records": [{"id": "x", "at": "2026-02-03", "text": "well"}, "merge"]}
    assert refused(parts("incident", written(tmp_path / "i.json", given))) == [
        ("run 2", "run 1 has the same id"),
        ("record 1", "it is neither a claim about runs nor a decision on a basis"),
        ("record 2", "it is no JSON object"),
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [([], "no JSON object"), ({"runs": {}}, "runs is no list"), ({"records": 1}, "records is no list")],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, given: Any, why: str) -> None:
    with pytest.raises(CannotImport, match=why):
        open_history("incident", written(tmp_path / "i.json", given))
