"""Views over read models, and what imported experiments become in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings

from goldfish.projections import Row
from goldfish.projections.columns import ABOUT, COLUMNS
from goldfish.projections.models import MODELS
from goldfish.projections.projector import Projector, View
from goldfish.projections.views import VIEWS
from tests.fakes.event_log import InMemoryEventLog
from tests.given_imports import BEGIN, history
from tests.histories import History, histories


@pytest.fixture(scope="module")
def log() -> InMemoryEventLog:
    """The history of three imported experiments."""
    made = InMemoryEventLog()
    for stream, event in history():
        made.append(stream, event)
    return made


def one(view: View, sql: str) -> Row:
    (row,) = view.rows(sql)
    return row


def test_every_column_of_every_view_is_described_and_nothing_else() -> None:
    view = Projector(InMemoryEventLog()).at()
    for name, shown in VIEWS.items():
        described = view.rows(f"SELECT column_name FROM (DESCRIBE FROM {name})")
        assert [row["column_name"] for row in described] == [*shown.columns]


def test_every_relation_says_what_it_is_and_each_column_what_it_holds() -> None:
    assert list(ABOUT) == list(COLUMNS)
    assert not set(VIEWS) & set(MODELS)
    sentences = [*ABOUT.values(), *(sentence for columns in COLUMNS.values() for sentence in columns.values())]
    assert all(sentence.endswith(".") for sentence in sentences)


def test_an_imported_experiment_says_what_its_record_says(log: InMemoryEventLog) -> None:
    found = one(Projector(log).at(), "SELECT * FROM experiments WHERE id = 'E2'")
    assert (found["run"], found["system"], found["item"], found["agent"]) == ("run-2", "experiments", "7", "ann")
    assert (found["title"], found["hypothesis"], found["area"]) == ("idea 2", "It helps.", "loss")
    assert (found["status"], found["flags"], found["outcome"]) == ("merged", ["checked"], "succeeded")
    assert (found["value"], found["baseline"], found["baseline_id"]) == (0.4, 0.5, "E1")
    assert (found["verdict"], found["said"], found["happened_at"]) == ("success", "win", BEGIN + timedelta(days=1))


def test_what_a_record_leaves_out_is_null(log: InMemoryEventLog) -> None:
    found = one(Projector(log).at(), "SELECT * FROM experiments WHERE id = 'E3'")
    assert (found["value"], found["baseline"], found["baseline_id"], found["area"]) == (None, None, None, None)
    assert (found["flags"], found["outcome"], found["cause"], found["said"]) == ([], "failed", "it broke", "loss")


def test_a_verdict_is_the_one_that_was_known_then(log: InMemoryEventLog) -> None:
    projector = Projector(log)
    asked = "SELECT said, verdict, note FROM experiments WHERE id = 'E1'"
    early, late = projector.at(BEGIN + timedelta(days=1)), projector.at(BEGIN + timedelta(days=4))
    assert one(early, asked) == {"said": "win", "verdict": "success", "note": "A first look."}
    assert one(late, asked) == {"said": "noise", "verdict": "miss", "note": "It was luck."}
    assert [row["id"] for row in early.rows("SELECT id FROM experiments ORDER BY id")] == ["E1", "E2"]


def test_scores_stand_beside_those_of_the_baseline(log: InMemoryEventLog) -> None:
    rows = (
        Projector(log).at().rows("SELECT metric, value, baseline, better FROM scores WHERE id = 'E2' ORDER BY metric")
    )
    assert [tuple(row.values()) for row in rows] == [("error", 0.4, 0.5, True), ("other", None, 1.0, None)]


def test_changes_have_a_number_where_they_are_one(log: InMemoryEventLog) -> None:
    rows = (
        Projector(log).at().rows('SELECT name, "before", "after", number FROM changes WHERE id = \'E2\' ORDER BY name')
    )
    assert [tuple(row.values()) for row in rows] == [("depth", "3", "four", None), ("lr", "1e-3", "3e-4", 3e-4)]


def test_a_list_among_the_labels_has_a_row_for_each_item() -> None:
    log = InMemoryEventLog()
    labels = {"tags": ["a", "b"], "n": 3, "deep": {"x": [1]}, "none": None, "empty": []}
    log.append("run-1", history()[0][1].model_copy(update={"labels": labels}))
    rows = Projector(log).at().rows("SELECT name, value FROM labels ORDER BY ALL")
    assert [tuple(row.values()) for row in rows] == [("deep", '{"x":[1]}'), ("n", "3"), ("tags", "a"), ("tags", "b")]


@pytest.mark.parametrize("flags", ["alone", ["one", "two"], 3, {"a": 1}, None])
def test_flags_of_any_shape_are_a_list(flags: object) -> None:
    log = InMemoryEventLog()
    log.append("run-1", history()[0][1].model_copy(update={"labels": {"flags": flags}}))
    found = one(Projector(log).at(), "SELECT flags FROM experiments")["flags"]
    assert found == (flags if isinstance(flags, list) else ["alone"] if flags == "alone" else [])


def test_days_are_those_on_which_things_happened(log: InMemoryEventLog) -> None:
    rows = Projector(log).at().rows("SELECT day, imported, judged FROM timeline ORDER BY day")
    assert [(row["day"].day, row["imported"], row["judged"]) for row in rows] == [
        (1, 1, 0),
        (2, 1, 0),
        (3, 1, 0),
        (4, 0, 1),
    ]


@given(histories())
@settings(max_examples=25, deadline=None)
def test_every_run_is_one_experiment_and_every_metric_one_score(history: History) -> None:
    view = Projector(history.log).at()
    runs = [row["run"] for row in view.rows("SELECT run FROM runs ORDER BY run")]
    assert [row["run"] for row in view.rows("SELECT run FROM experiments ORDER BY run")] == runs
    logged = view.rows("SELECT run, stage, metric FROM metrics ORDER BY ALL")
    assert view.rows("SELECT run, stage, metric FROM scores WHERE count IS NOT NULL ORDER BY ALL") == logged
    taken = sum(run.imported is not None for run in history.runs.values())
    assert one(view, "SELECT count(*) AS n FROM imported")["n"] == taken
