"""experiments.jsonl: what a row says, in which order it is told, and what is refused by its line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.imports import files, open_history
from goldfish.adapters.imports.json_values import Unusable, read_json
from goldfish.domain.imported import Change, ForeignCode, ForeignExperiment, ForeignInput, ForeignJudgement
from goldfish.domain.notes import ForeignNote
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Point
from tests.adapters.imports.given import experiments, parts, refused, row, rows


def one(tmp_path: Path, **fields: Any) -> ForeignExperiment:
    (found,) = experiments(parts("experiments", rows(tmp_path / "e.jsonl", row(**fields))))
    return found


def test_a_row_says_what_was_tried_and_what_came_of_it(tmp_path: Path) -> None:
    said = one(
        tmp_path,
        pr=17,
        agent="ann",
        hypothesis="More units help.",
        changed=[{"param": "units", "from": 64, "to": 128}],
        metrics={"mae": 2.0, "rmse": None},
        baseline=2.5,
        baseline_id="A0",
        verdict="win",
        status="merged",
        area="model",
        note="Clear.",
    )
    assert (said.item, said.by, said.reason.description, said.reason.hypothesis) == (
        "17",
        "ann",
        "Wider network",
        "More units help.",
    )
    assert said.changed == [Change(name="units", before="64", after="128")]
    assert {name: found.last for name, found in said.metrics.items()} == {"mae": 2.0}
    assert (said.against, said.against_metrics) == ("A0", {"mae": 2.5})
    assert said.verdict is not None
    assert (said.verdict.verdict, said.verdict.said, said.outcome) == ("success", "win", "succeeded")
    assert said.labels == {"status": "merged", "area": "model"}


def test_a_row_with_a_configuration_data_and_code(tmp_path: Path) -> None:
    digest = "0" * 64
    said = one(
        tmp_path,
        params={"lr": 3e-4, "opt": {"name": "adam"}},
        inputs=[{"name": "train", "sha256": digest}, "val"],
        code="3f2a91c",
        code_committed=False,
        seed=7,
        parents=["A0", "A0"],
        started_at="2026-02-03T09:59:00+00:00",
    )
    assert said.config == {"lr": 3e-4, "opt": {"name": "adam"}}
    assert said.inputs == [ForeignInput(name="train", digest=f"sha256:{digest}"), ForeignInput(name="val")]
    assert said.code == ForeignCode(hash="3f2a91c", committed=False)
    assert (said.seed, said.parents, said.seconds) == (7, ["A0"], 60.0)


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"verdict": "crash"}, "failed"),
        ({"status": "crash", "error": "out of memory"}, "failed"),
        ({"error": "out of memory"}, "failed"),
        ({"status": "killed"}, "cancelled"),
        ({"status": "preempted"}, "lost"),
        ({"status": "finished"}, "succeeded"),
        ({}, "succeeded"),
        ({"value": None, "status": "running"}, None),
        ({"value": None, "verdict": "unclear"}, None),
        ({"value": None, "verdict": "worse"}, "succeeded"),
    ],
)
def test_how_it_ended_is_told_by_its_words_and_by_its_numbers(
    tmp_path: Path, fields: dict[str, Any], outcome: str | None
) -> None:
    assert one(tmp_path, **fields).outcome == outcome


@pytest.mark.parametrize(
    ("word", "verdict"),
    [("win", "success"), ("kept", "success"), ("loss", "miss"), ("No change", "miss"), ("crash", "unknown")],
)
def test_their_words_for_a_verdict_are_kept_beside_ours(tmp_path: Path, word: str, verdict: str) -> None:
    said = one(tmp_path, verdict=word).verdict
    assert said is not None
    assert (said.said, said.verdict) == (word, verdict)


def test_a_word_that_nobody_knows_is_an_unknown_verdict(tmp_path: Path) -> None:
    said = one(tmp_path, verdict="shipped on a Friday").verdict
    assert said is not None
    assert (said.verdict, said.said) == ("unknown", "shipped on a Friday")


def test_things_are_told_in_the_order_of_time_and_baselines_after_what_they_are_about(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "e.jsonl",
        row(id="A2", date="2026-02-04"),
        row(id="A1", date="2026-02-03"),
    )
    when = rows(
        tmp_path / "b.jsonl",
        {"at": "2026-02-04", "baseline_id": "A2", "why": "merge"},
        {"at": "2026-02-03", "baseline_id": "A1"},
    )
    told = [part.said for part in parts("experiments", path, when) if isinstance(part, ForeignPart)]
    assert [said.id for said in told if not isinstance(said, ForeignJudgement)] == [
        "A1",
        "baseline at 2026-02-03T00:00:00+00:00",
        "A2",
        "baseline at 2026-02-04T00:00:00+00:00",
    ]
    last = told[-1]
    assert isinstance(last, ForeignNote)
    assert (last.text, last.about, last.chosen_as) == ("baseline is A2: merge", ["A2"], "baseline")


def test_a_verdict_is_told_at_the_time_when_it_was_given_and_the_note_not_before_the_last(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "e.jsonl",
        row(
            verdict="noise",
            note="A lucky seed.",
            verdict_history=[
                {"at": "2026-02-05", "verdict": "noise", "by": "A9"},
                {"at": "2026-02-03T10:00:00Z", "verdict": "win", "by": "A1"},
            ],
        ),
        row(id="A5", date="2026-02-04"),
    )
    first, between, later = (part.said for part in parts("experiments", path) if isinstance(part, ForeignPart))
    assert isinstance(first, ForeignExperiment)
    assert (first.verdict and first.verdict.said, first.note) == ("win", None)
    assert isinstance(between, ForeignExperiment)
    assert later == ForeignJudgement(
        of="A1",
        verdict="miss",
        said="noise",
        happened=datetime(2026, 2, 5, tzinfo=UTC),
        by="A9",
        note="A lucky seed.",
    )


def test_the_direction_of_a_metric_is_what_people_called_a_gain(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "e.jsonl",
        row(id="A1", verdict="win", value=1.0, baseline=2.0),
        row(id="A2", verdict="loss", value=3.0, baseline=2.0),
        row(id="A3", verdict="win", metric="acc", value=0.9, baseline=0.8),
        row(id="A4", verdict="win", metric="odd", value=0.9, baseline=0.8),
        row(id="A5", verdict="loss", metric="odd", value=0.9, baseline=0.8),
        row(id="A6", metric="alone"),
    )
    ways = {said.metric: said.direction for said in experiments(parts("experiments", path))}
    assert ways == {"mae": "minimize", "acc": "maximize", "odd": None, "alone": None}


def test_numbers_that_no_field_explains_are_metrics_and_the_curve_tells_which_one_counts(tmp_path: Path) -> None:
    def step(id_: str, held: float | None, parent: str | None, status: str, error: str | None = None) -> dict[str, Any]:
        curve = [[10, 3.0], [20, held]] if held is not None else []
        return {
            "id": id_,
            "n": 1,
            "ended_at": f"2026-02-03T10:0{id_[-1]}:00Z",
            "parent": parent,
            "params": {"lr": 0.1},
            "changed": [{"param": "lr", "from": 0.2, "to": 0.1}],
            "curve": curve,
            "val_loss": held,
            "memory": 3.5,
            "status": status,
            "error": error,
        }

    path = rows(
        tmp_path / "e.jsonl",
        step("r0", 2.0, None, "keep"),
        step("r1", 1.5, "r0", "keep"),
        step("r2", 1.75, "r1", "discard"),
        step("r3", None, "r1", "crash", "CUDA out of memory"),
    )
    found = [part for part in parts("experiments", path) if isinstance(part, ForeignPart)]
    said = experiments(found)
    assert [(one.metric, one.direction) for one in said] == [("val_loss", "minimize")] * 4
    assert [one.verdict and one.verdict.verdict for one in said] == ["success", "success", "miss", "unknown"]
    assert (said[3].outcome, said[3].cause) == ("failed", "CUDA out of memory")
    assert said[0].reason.description == "lr 0.2 → 0.1"
    assert "n" in said[0].labels
    assert found[1].points is not None
    assert list(found[1].points()) == [Point("val_loss", 3.0, 10), Point("val_loss", 1.5, 20)]


BAD = [
    ("{", "it is not JSON"),
    ("[]", "it is no JSON object"),
    ('{"id": "A1"}', "it has no date"),
    ('{"date": "2026-02-03"}', "it has no id"),
    ('{"id": "A1", "date": "soon"}', "date is no time"),
    ('{"id": "A1", "date": 1e300}', "date is no time"),
    ('{"id": "A1", "date": "2026-02-03", "metrics": {"a": NaN}}', "NaN is no number in JSON"),
    ('{"id": "A1", "date": "2026-02-03", "metrics": {"a": 1e999}}', "1e999 is too large for a number"),
    ('{"id": "A1", "date": "2026-02-03", "metrics": {"a": "good"}}', "metrics.a is no number"),
    ('{"id": "A1", "date": "2026-02-03", "metrics": [1]}', "metrics is no JSON object"),
    ('{"id": "A1", "id": "A2", "date": "2026-02-03"}', "it says 'id' twice"),
    ('{"id": ["A1"], "date": "2026-02-03"}', "id is no text"),
    ('{"id": "\\ud800", "date": "2026-02-03"}', "it holds characters that are not text"),
    ('{"id": "A\\u0000", "date": "2026-02-03"}', "it holds characters that are not text"),
    (f'{{"id": "{"A" * 300}", "date": "2026-02-03"}}', "it has 300 characters, more than 256"),
    (f'{{"id": "A1", "date": "2026-02-03", "x": {"[" * 50}{"]" * 50}}}', "more than 20 levels deep"),
    (f'{{"id": "A1", "date": "2026-02-03", "x": {"[" * 100_000}{"]" * 100_000}}}', "more than 20 levels deep"),
    (f'{{"id": "A1", "date": "2026-02-03", "x": {"9" * 10_000}}}', "a number that is too long"),
    ('{"id": "A1", "date": "2026-02-03", "changed": [{"to": 1}]}', "a change does not say what it changed"),
    ('{"id": "A1", "date": "2026-02-03", "verdict_history": [{"verdict": "win"}]}', "has no time or no verdict"),
    ('{"id": "A1", "date": "2026-02-03", "curve": [["a", 1]]}', "its curve is no list of [step, value]"),
    ('{"id": "A1", "date": "2026-02-03", "seed": 1.5}', "seed is no whole number"),
]


@pytest.mark.parametrize(("line", "why"), BAD, ids=[why for _, why in BAD])
def test_a_row_that_cannot_be_understood_is_named_by_its_line_and_the_others_stand(
    tmp_path: Path, line: str, why: str
) -> None:
    found = parts("experiments", rows(tmp_path / "e.jsonl", row(id="before"), line, row(id="after")))
    assert [said.id for said in experiments(found)] == ["before", "after"]
    ((where, told),) = refused(found)
    assert where == "line 2"
    assert why in told


def test_the_second_row_of_an_id_is_refused_and_names_the_first(tmp_path: Path) -> None:
    found = parts("experiments", rows(tmp_path / "e.jsonl", row(), "", row(title="Another")))
    assert refused(found) == [("line 3", "line 1 has the same id")]


def test_bytes_that_are_no_text_and_lines_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST", 1_000)
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(row()).encode() + b"\r\n\xff\xfe\n" + b"x" * 5_000 + b"\n")
    found = parts("experiments", path)
    assert [said.id for said in experiments(found)] == ["A1"]
    assert [where for where, _ in refused(found)] == ["line 2", "line 3"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path, why in [
        (tmp_path, "it is a directory"),
        (tmp_path / "none", "No such file"),
        (Path("/dev/null"), "no file"),
    ]:
        with pytest.raises(CannotImport, match=why):
            open_history("experiments", path)


def test_a_file_with_more_rows_than_can_be_held_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST", 2)
    with pytest.raises(CannotImport, match="more than 2 lines"):
        open_history("experiments", rows(tmp_path / "e.jsonl", row(id="1"), row(id="2"), row(id="3")))


def test_a_file_that_changes_between_its_readings_is_refused(tmp_path: Path) -> None:
    path = rows(tmp_path / "e.jsonl", row(id="1"), row(id="2"))
    history = open_history("experiments", path)
    rows(path, row(id="2"), row(id="1"), row(id="3"))
    with pytest.raises(CannotImport, match="it changes while it is read"):
        list(history.parts())
    history.close()


def test_baselines_belong_to_experiments(tmp_path: Path) -> None:
    with pytest.raises(CannotImport, match="baselines belong to experiments"):
        open_history("incident", tmp_path / "a.json", baselines=tmp_path / "b.jsonl")


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_the_answer_is_a_value_or_a_reason(data: bytes) -> None:
    try:
        value = read_json(data)
    except Unusable:
        pass
    else:
        assert json.loads(json.dumps(value)) == value


def test_the_last_line_counts_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(json.dumps(row(id="1")) + "\n" + json.dumps(row(id="2")))
    assert [said.id for said in experiments(parts("experiments", path))] == ["1", "2"]


@given(st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"")), max_size=8), st.booleans())
def test_every_line_is_read_where_it_stands(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], ends: bool
) -> None:
    path = tmp_path_factory.mktemp("lines") / "f"
    path.write_bytes(b"\n".join(lines) + (b"\n" if ends else b""))
    given = files.Given(path)
    found = {number: (line, given.line(offset)) for number, offset, line in list(given.lines())}
    given.close()
    plain = [line.strip() for line in lines]
    plain[:1] = [lines[0].removeprefix(b"\xef\xbb\xbf").strip()] if lines else []
    assert found == {number: (line, line) for number, line in enumerate(plain, 1) if line}
