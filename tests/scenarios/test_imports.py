"""History from elsewhere, in a real project."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.api.import_answers import ImportAnswer
from goldfish.errors import AmbiguousReference, RunWasImported, UnknownReference
from goldfish.queries.run_story import RunStory
from tests.adapters.imports.given import row, rows

ROWS = [
    row(id="A1", date="2026-02-03", verdict="win", value=2.0, baseline=2.5, config={"lr": 0.1}, code="main@1"),
    row(
        id="A2",
        date="2026-02-04",
        verdict="noise",
        value=1.9,
        baseline=2.0,
        baseline_id="A1",
        parents=["A1"],
        config={"lr": 0.2},
        note="A lucky seed.",
        verdict_history=[
            {"at": "2026-02-04", "verdict": "win", "by": "A2"},
            {"at": "2026-02-06", "verdict": "noise", "by": "A3"},
        ],
    ),
    row(
        id="A3",
        date="2026-02-05",
        verdict="crash",
        value=None,
        curve=[[1, 5.0], [2, None]],
        baseline_id="A4",
        changed=[{"param": "depth", "from": 2, "to": "3"}],
        inputs=[{"name": "train", "sha256": "1" * 64}],
    ),
    row(id="A4", date="2026-02-06", value=3.0, verdict="loss", config={"lr": 0.1}, code="main@1", seed=9),
]
BASELINES = [{"at": "2026-02-03", "baseline_id": "A1"}, {"at": "2026-02-04", "baseline_id": "A2", "why": "merge"}]


@pytest.fixture
def goldfish(tmp_path: Path) -> Goldfish:
    return Goldfish.found(tmp_path / "project", Actor(kind="human", name="tester"), name="imports")


@pytest.fixture
def taken(goldfish: Goldfish, tmp_path: Path) -> ImportAnswer:
    """The answer to the import of all of it."""
    return importing(goldfish, tmp_path)()


def importing(goldfish: Goldfish, tmp_path: Path) -> Callable[..., ImportAnswer]:
    def take(given: list[Any] | None = None, **more: Any) -> ImportAnswer:
        path = rows(tmp_path / "tried.jsonl", *(ROWS if given is None else given))
        when = rows(tmp_path / "baselines.jsonl", *BASELINES)
        return goldfish.import_history("experiments", path, baselines=when, **more)

    return take


def story(goldfish: Goldfish, ref: str, **more: Any) -> RunStory:
    found = goldfish.show(ref, **more)
    assert isinstance(found, RunStory)
    return found


def sql(goldfish: Goldfish, query: str) -> list[dict[str, Any]]:
    return goldfish.services.projector.at().rows(query)


def test_an_import_says_what_it_took(taken: ImportAnswer) -> None:
    assert (taken.new, taken.verdicts, taken.notes, taken.known, taken.refused) == (4, 1, 2, 0, 0)
    assert taken.runs == ["run-1", "run-4"]
    assert taken.directions == {"mae": "minimize"}


def test_the_same_file_again_adds_nothing(goldfish: Goldfish, tmp_path: Path, taken: ImportAnswer) -> None:
    head = goldfish.services.journal.head()
    again = importing(goldfish, tmp_path)()
    assert (again.new, again.verdicts, again.notes, again.known) == (0, 0, 0, taken.read)
    assert goldfish.services.journal.head() == head


def test_a_dry_run_counts_the_same_and_records_nothing(goldfish: Goldfish, tmp_path: Path) -> None:
    head = goldfish.services.journal.head()
    take = importing(goldfish, tmp_path)
    would = take(dry_run=True)
    assert goldfish.services.journal.head() == head
    did = take()
    assert (would.new, would.verdicts, would.notes, would.refused) == (did.new, did.verdicts, did.notes, did.refused)
    assert take(dry_run=True).known == did.read


def test_a_longer_file_adds_what_is_new_in_it(goldfish: Goldfish, tmp_path: Path, taken: ImportAnswer) -> None:
    more = importing(goldfish, tmp_path)([*ROWS, row(id="A5", date="2026-02-07", parents=["A4"])])
    assert (more.new, more.runs, more.known) == (1, ["run-5"], taken.read)
    assert story(goldfish, "A5").imported.parents == ["run-4"]  # type: ignore[union-attr]


def test_another_verdict_or_note_is_a_later_verdict(goldfish: Goldfish, tmp_path: Path, taken: ImportAnswer) -> None:
    take = importing(goldfish, tmp_path)
    changed = [*ROWS[:3], {**ROWS[3], "verdict": "win", "note": "It was the data."}]
    answer = take(changed)
    assert (answer.verdicts, answer.known, answer.refused) == (1, taken.read - 1, 0)
    told = story(goldfish, "A4")
    assert [judged.verdict for judged in told.judgements] == ["miss", "success"]
    assert told.imported is not None
    assert told.imported.note == "It was the data."
    assert take(changed).verdicts == 0


def test_any_other_change_is_refused_by_the_ids_and_the_fields(
    goldfish: Goldfish, tmp_path: Path, taken: ImportAnswer
) -> None:
    head = goldfish.services.journal.head()
    answer = importing(goldfish, tmp_path)([{**ROWS[0], "value": 1.0, "title": "Another"}, *ROWS[1:]])
    assert (answer.refused, answer.known) == (1, taken.read - 1)
    (named,) = answer.named
    assert (named.where, named.id) == ("line 1", "A1")
    assert "A1 is recorded as run-1, and says something else by now: metrics, reason" in named.why
    assert goldfish.services.journal.head() == head


def test_a_prefix_keeps_two_records_apart(goldfish: Goldfish, tmp_path: Path, taken: ImportAnswer) -> None:
    answer = importing(goldfish, tmp_path)(prefix="second/")
    assert answer.new == taken.new
    assert story(goldfish, "second/A2").imported.parents == ["run-5"]  # type: ignore[union-attr]


@pytest.mark.usefixtures("taken")
def test_an_imported_run_is_shown_like_our_own(goldfish: Goldfish) -> None:
    told = story(goldfish, "A3")
    assert (told.run, told.state, told.outcome, told.version) == ("run-3", "finished", "failed", None)
    assert told.imported is not None
    assert (told.imported.id, told.imported.against) == ("A3", "run-4")  # which the file tells only later
    (stage,) = told.stages
    assert [(s.name, s.value, s.overridden) for s in stage.settings] == [("depth", 3, True)]
    assert [(i.name, i.ref) for i in stage.inputs] == [("train", "experiments:train@111111111111")]
    assert [(m.metric, m.count, m.last_is_finite, m.first) for m in stage.metrics] == [("mae", 2, False, 5.0)]
    assert told.imported.points is not None


@pytest.mark.usefixtures("taken")
def test_points_can_be_read_like_those_of_our_own_runs(goldfish: Goldfish) -> None:
    digest = story(goldfish, "A3").imported.points  # type: ignore[union-attr]
    series = goldfish.services.metrics.series(digest)  # type: ignore[arg-type]
    assert [step for step, _ in series["mae"]] == [1, 2]


@pytest.mark.usefixtures("taken")
def test_results_stand_beside_what_the_record_compared_them_with(goldfish: Goldfish) -> None:
    lines = {line.run: line for line in goldfish.results().results}
    assert lines["run-1"].baseline is not None
    assert (lines["run-1"].value, lines["run-1"].baseline.gain) == (2.0, 0.5)
    assert lines["run-2"].baseline is not None
    assert lines["run-2"].baseline.ref == "run-1"


@pytest.mark.usefixtures("taken")
def test_lineage_goes_over_parents_and_baselines(goldfish: Goldfish) -> None:
    edges = {(edge.source, edge.target, edge.kind) for edge in goldfish.lineage("A2").edges}
    assert {("run-1", "run-2", "parent"), ("run-1", "run-2", "against")} <= edges
    assert "decision-2" in {edge.target for edge in goldfish.lineage("A2", direction="down").edges}


@pytest.mark.usefixtures("taken")
def test_what_was_known_at_a_time_knows_nothing_that_came_later(goldfish: Goldfish) -> None:
    then = datetime(2026, 2, 5, tzinfo=UTC)
    view = goldfish.services.projector.at(then)
    assert [row["foreign_id"] for row in view.rows("SELECT foreign_id FROM runs ORDER BY happened_at")] == [
        "A1",
        "A2",
        "A3",
    ]
    holds = "SELECT said, comment FROM verdicts WHERE run = 'run-2' AND holds"
    assert view.rows(holds) == [{"said": "win", "comment": None}]
    assert sql(goldfish, holds) == [{"said": "noise", "comment": "A lucky seed."}]


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize(("day", "baseline"), [(3, "A1"), (4, "A2"), (9, "A2")])
def test_the_baseline_of_a_time_is_one_question(goldfish: Goldfish, day: int, baseline: str) -> None:
    asked = "SELECT foreign_id FROM baselines JOIN runs USING (run) ORDER BY since DESC LIMIT 1"
    found = goldfish.services.projector.at(datetime(2026, 2, day, 12, tzinfo=UTC)).rows(asked)
    assert found == [{"foreign_id": baseline}]


@pytest.mark.usefixtures("taken")
def test_a_later_baseline_supersedes_the_one_before(goldfish: Goldfish) -> None:
    states = "SELECT note, state FROM thoughts WHERE kind = 'decision' ORDER BY note"
    assert [row["state"] for row in sql(goldfish, states)] == ["superseded", "standing"]


@pytest.mark.usefixtures("taken")
def test_runs_of_the_same_code_and_configuration_have_the_same_fingerprint(goldfish: Goldfish) -> None:
    found = sql(
        goldfish, "SELECT list(foreign_id ORDER BY foreign_id) AS ids FROM runs GROUP BY fingerprint ORDER BY ids"
    )
    assert [row["ids"] for row in found] == [["A1", "A4"], ["A2"], ["A3"]]


@pytest.mark.usefixtures("taken")
def test_what_would_have_to_run_is_refused_by_name(goldfish: Goldfish) -> None:
    for call in (
        lambda: goldfish.retry("run-3", reason="to see whether it crashes again"),
        lambda: goldfish.cancel("A3", "not needed"),
        lambda: goldfish.logs("A3"),
        lambda: goldfish.progress("run-3"),
        lambda: goldfish.finalize("run-1"),
        lambda: goldfish.create_workspace("new", base="run-1"),
    ):
        with pytest.raises(RunWasImported):
            call()


@pytest.mark.usefixtures("taken")
def test_notes_and_tags_refer_to_an_imported_run_by_either_id(goldfish: Goldfish) -> None:
    assert goldfish.log_thought("why?", about="A3").about == ["run-3"]
    assert goldfish.tag("good", "A1").target == "run-1"
    assert goldfish.tag("bad", "run-3").target == "run-3"
    assert story(goldfish, "@good").run == "run-1"


def test_an_id_that_two_systems_use_names_its_candidates(
    goldfish: Goldfish, tmp_path: Path, taken: ImportAnswer
) -> None:
    incident = tmp_path / "incident.json"
    run = {"id": "A1", "at": "2026-02-01", "status": "finished", "metrics": {"mae": 4.0}}
    incident.write_text(json.dumps({"runs": [run]}))
    goldfish.import_history("incident", incident)
    with pytest.raises(AmbiguousReference, match="experiments:A1, incident:A1"):
        goldfish.show("A1")
    assert story(goldfish, "incident:A1").run == "run-5"
    assert story(goldfish, "experiments:A1").run == taken.runs[0]


def test_a_hash_is_known_by_its_first_digits_as_long_as_they_are_alone(goldfish: Goldfish, tmp_path: Path) -> None:
    table = tmp_path / "results.tsv"
    hashes = ["a1b2c3d4e5", "a1b2c3d4f6", "b7b2c3d4e5"]
    lines = ["commit\tval_bpb\tstatus", *(f"{name}\t0.9\tkeep" for name in hashes)]
    table.write_text("\n".join(lines))
    goldfish.import_history("results", table)
    assert story(goldfish, "b7b2c3d").run == "run-3"
    with pytest.raises(AmbiguousReference):
        goldfish.show("a1b2c3d")
    with pytest.raises(UnknownReference):
        goldfish.show("b7b2c3")


def test_a_table_without_times_is_known_again_when_it_was_touched(goldfish: Goldfish, tmp_path: Path) -> None:
    table = tmp_path / "results.tsv"
    table.write_text("commit\tval_bpb\tstatus\na1b2c3d\t0.9\tkeep\n")
    goldfish.import_history("results", table)
    table.write_text("commit\tval_bpb\tstatus\na1b2c3d\t0.9\tkeep\nb2c3d4e\t0.8\tkeep\n")
    again = goldfish.import_history("results", table)
    assert (again.new, again.known, again.refused) == (1, 1, 0)


def test_secrets_in_a_record_do_not_enter_and_the_record_is_known_again(goldfish: Goldfish, tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2" * 9
    take = importing(goldfish, tmp_path)
    take([row(config={"token": secret}, note=f"export GITHUB_TOKEN={secret}")])
    assert secret not in (goldfish.layout.ledger).read_bytes().decode("latin-1")
    assert take([row(config={"token": secret}, note=f"export GITHUB_TOKEN={secret}")]).new == 0


def test_claims_and_decisions_of_an_incident_rest_on_its_runs(goldfish: Goldfish, tmp_path: Path) -> None:
    incident = tmp_path / "incident.json"
    runs = [
        {"id": "a", "at": "2026-02-01", "status": "finished", "metrics": {"mae": 2.0}},
        {"id": "b", "at": "2026-02-02", "status": "finished", "metrics": {"mae": 1.0}, "parents": ["a"]},
    ]
    records = [
        {"id": "b wins", "claim": "b is better", "runs": ["b"], "baseline_runs": ["a", "gone"], "at": "2026-02-03"},
        {"id": "merge b", "what": "merge", "basis": ["b wins"], "at": "2026-02-03"},
    ]
    incident.write_text(json.dumps({"runs": runs, "records": records}))
    answer = goldfish.import_history("incident", incident)
    assert (answer.new, answer.notes) == (2, 2)
    found = {row["called"]: row for row in sql(goldfish, "SELECT * FROM thoughts")}
    assert (found["b wins"]["note"], found["b wins"]["because"]) == ("claim-1", ["run-2"])
    assert found["b wins"]["instead_of"] == ["run-1", "incident:gone"]
    assert found["merge b"]["because"] == ["claim-1"]
    assert goldfish.import_history("incident", incident).known == answer.read


def test_what_is_refused_does_not_keep_the_rest_out(goldfish: Goldfish, tmp_path: Path) -> None:
    answer = importing(goldfish, tmp_path)([ROWS[0], "{", ROWS[1]])
    assert (answer.new, answer.refused) == (2, 1)
    assert answer.named[0].where == "line 2"


def test_runs_of_our_own_and_imported_ones_share_their_numbers(goldfish: Goldfish, tmp_path: Path) -> None:
    take = importing(goldfish, tmp_path)
    take([ROWS[0]])
    take([row(id=f"B{n}", date=f"2026-01-{n:02}") for n in range(1, 29)], prefix="more-")
    numbers = [row["run"] for row in sql(goldfish, "SELECT run FROM runs ORDER BY position")]
    assert numbers == [f"run-{n}" for n in range(1, 30)]
