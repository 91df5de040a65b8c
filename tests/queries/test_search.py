"""Search: by words, by filters, by both; as it reads at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goldfish.domain.findings import Finding
from goldfish.domain.imported import Change
from goldfish.domain.notes import Note
from goldfish.domain.runs import Run
from goldfish.domain.search_grammar import KINDS
from goldfish.domain.suspicion import Suspicion
from goldfish.domain.tags import Tag
from goldfish.domain.values import Reason
from goldfish.errors import UnknownFilter
from goldfish.queries import search_hits
from goldfish.queries.search import search
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.searching import Searching, told
from tests.queries.stories import requested


@pytest.fixture(scope="module")
def searching() -> Searching:
    return Searching(told())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("batch size", "decision-1"),
        ("warm-up", "hypothesis-1"),
        ("warm up", "hypothesis-1"),
        ("uber", "thought-1"),
        ("NaN", "run-3"),
        ("champion", "run-2"),
        ("depth", "run-2"),
        ("width", "run-2"),
        ("handwritten", "digits"),
        ("brightness", "digits"),
        ("numeral", "digits"),
        ("holdout", "invariant-1"),
        ("handwrit*", "digits"),
        ('"large learning rates"', "hypothesis-1"),
        ("memory", "decision-1"),
        ("epochs", "run-4"),
        ("modules/prepare.py", "run-4"),
        ("simplest", "baseline"),
        ("beat", None),
    ],
)
def test_what_was_said_anywhere_is_found(searching: Searching, text: str, first: str | None) -> None:
    assert searching.ids(text)[0] == first


def test_what_holds_more_of_the_words_comes_first_and_words_may_lie_in_different_texts(searching: Searching) -> None:
    assert searching.ids("learning width")[0] == "run-2"


def test_a_phrase_must_be_there_and_a_word_with_a_minus_must_not(searching: Searching) -> None:
    assert searching.ids('"learning rates" faster') == ["hypothesis-1"]
    assert "run-2" not in searching.ids("learning -champion")
    assert "run-2" in searching.ids("learning")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("lr=0.3", ["run-2"]),
        ("lr=3e-1", ["run-2"]),
        ("train.lr=0.3", ["run-2"]),
        ('lr="0.3"', []),
        ("lr!=0.3 status:succeeded", ["run-1"]),
        ("lr>=0.3", ["run-3", "run-2"]),
        ("-lr=0.3", ["run-4", "run-3", "run-1"]),
        ("split.seed=1", ["run-4", "run-3", "run-2", "run-1"]),
        ("metric:accuracy>0.95", ["run-2"]),
        ("metric:accuracy", ["run-3", "run-2", "run-1"]),
        ("-metric:accuracy", ["run-4"]),
        ("status:failed", ["run-3"]),
        ("status:running", ["run-4"]),
        ("verdict:success", ["run-2"]),
        ("tag:champion", ["run-2"]),
        ("tag:@champion", ["run-2"]),
        ("stage:train lr=10", ["run-3"]),
        ("stage:none", []),
        ("input:digits id:run-1", ["run-1"]),
        ("input:run-2/prepare.features", ["run-2"]),
        ("actor:coder lr<0.1", ["run-1"]),
        ("workspace:baseline status:failed", ["run-3"]),
        ("workspace:other", []),
        ("group:none", []),
        ("system:mlflow", []),
        ("before:2026-11-22T10:20", ["run-1"]),
        ("after:2026-11-22T10:40 status:running", ["run-4"]),
        ("after:2027-01-01", []),
        ("kind:decision", ["decision-1"]),
        ("kind:decision actor:ada", ["decision-1"]),
        ("kind:decision status:failed", []),
        ("status:withdrawn", ["decision-1"]),
        ("status:kept about:run-3", ["thought-1"]),
        ("status:kept kind:run", []),
        ("about:run-3", ["hypothesis-1", "thought-1"]),
        ("about:run-3 -status:refuted", ["thought-1"]),
        ("about:run-1 kind:hypothesis", []),
        ("learning about:run-3", ["hypothesis-1"]),
        ("about:digits", []),
        ("kind:run -kind:run", []),
        ("sort:accuracy", ["run-2", "run-1", "run-3"]),
        ("sort:-accuracy", ["run-3", "run-1", "run-2"]),
        ("sort:accuracy status:succeeded lr<0.1", ["run-1"]),
        ("learning sort:accuracy", ["run-2", "run-1", "run-3"]),
        ("learning lr>1", ["run-3"]),
        ("learning kind:hypothesis", ["hypothesis-1"]),
        ("learning -kind:run", ["hypothesis-1"]),
        ("-champion", ["run-4", "run-3", "run-1"]),
    ],
)
def test_filters_leave_what_passes_all_of_them(searching: Searching, text: str, ids: list[str]) -> None:
    assert searching.ids(text) == ids


def test_kinds_are_those_that_are_looked_for(searching: Searching) -> None:
    assert searching.ids("", kinds=["decision", "hypothesis"]) == ["decision-1", "hypothesis-1"]
    assert set(searching.ids("learning rate", kinds=["run"])) == {"run-1", "run-2", "run-3", "run-4"}
    assert {found.kind for found in searching("", kinds=KINDS, limit=200).results} > {"run", "goal", "version"}


def test_a_result_says_what_it_is_and_where_the_words_are(searching: Searching) -> None:
    (found,) = searching("batch").results
    assert (found.kind, found.title, found.state) == ("decision", "go on with the batch size 64", "withdrawn")
    assert found.snippet is not None
    assert [found.snippet[begin:end] for begin, end in found.hits] == ["batch"]
    (run,) = searching("depth").results
    assert (run.field, run.state, run.verdict) == ("verdict", "succeeded", "success")
    assert run.title == "try a learning rate of 0.3"


@pytest.mark.parametrize("text", ["", "zebra", "?!", '"?!"', "-zebra kind:claim", "zebra -learning"])
def test_what_is_nowhere_is_not_found(searching: Searching, text: str) -> None:
    assert searching.ids(text) == [] or text == ""


@pytest.mark.parametrize(
    "text",
    [
        *(
            "AND",
            "OR NOT",
            "NEAR(a b)",
            "title:x*",
            "a OR",
            "(",
            ")",
            "^x",
            "a + b",
            "{title}",
            "'; DROP TABLE texts; --",
        ),
        *('"', "*", "\\", "%", "[a-", "\u202e", "\ufeff", "😀", "ａｂｃ", "日本語", "\u0301", "ß", "İ"),
        "x" * 3_000,
    ],
)
def test_no_text_is_taken_for_a_command(searching: Searching, text: str) -> None:
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert len(searching.ids(quoted, limit=200)) <= 20
    if not set(text) & set(':"'):
        assert len(searching.ids(text, limit=200)) <= 20


def test_an_unknown_filter_is_refused_with_a_near_one(searching: Searching) -> None:
    with pytest.raises(UnknownFilter) as caught:
        searching("statu:failed")
    assert caught.value.near[0] == "status"


def test_names_that_no_run_has_are_said_with_near_ones(searching: Searching) -> None:
    assert searching("epoch=5").hints == ["No run has the parameter epoch; near: epochs."]
    assert searching("sort:accurracy").hints == ["No run has the metric accurracy; near: accuracy."]
    assert searching("lr=77").hints == []


def test_pages_together_are_all_that_matches_in_order(searching: Searching) -> None:
    for text in ("learning rate faster", "-zebra", "sort:accuracy", "learning sort:-loss"):
        whole = searching(text, limit=200)
        pages: list[str | None] = []
        before = None
        while True:
            page = searching(text, limit=1, before=before)
            pages += [found.id for found in page.results]
            assert page.matching == whole.matching == len(whole.results)
            before = page.more
            if before is None:
                break
        assert pages == [found.id for found in whole.results]


def test_since_finds_only_what_was_said_later(searching: Searching) -> None:
    asked = next(found.position for found in searching("learning id:run-3").results)
    assert searching.ids("learning", since=asked, kinds=["run"]) == ["run-4"]
    assert "run-1" not in searching.ids("", since=asked)


def test_the_past_is_searched_as_it_was(searching: Searching) -> None:
    for position in range(1, searching.log.head() + 1):
        then = Searching(searching.log.until(position))
        for text in ("learning rate", "batch", "champion", "status:failed", "NaN", "kind:decision", "sort:accuracy"):
            now, past = searching(text, at=position), then(text)
            assert now.matching == past.matching == len(past.results)
            assert {found.id: found.title for found in now.results} == {f.id: f.title for f in past.results}


def test_amended_words_are_found_and_earlier_ones_are_not() -> None:
    log = InMemoryEventLog()
    log.append("thought-1", Note.Logged(kind="thought", text="the learning-rate matters most"))
    log.append("thought-1", Note.Amended(text="the width matters more"))
    searching = Searching(log)
    assert searching.ids("width") == ["thought-1"]
    assert searching.ids("learning") == []
    assert searching.ids("learning", at=1) == ["thought-1"]
    assert searching("matters").results[0].title == "the width matters more"


def test_a_tag_that_was_moved_or_removed_finds_nothing_any_more() -> None:
    log = told()
    log.append("tags", Tag.Moved(name="champion", target="run-1", was="run-2"))
    assert Searching(log).ids("champion") == ["run-1"]
    log.append("tags", Tag.Removed(name="champion", was="run-1"))
    assert Searching(log).ids("champion") == []


def test_a_new_event_is_found_by_the_next_question() -> None:
    log = told()
    searching = Searching(log)
    assert searching.ids("zebra") == []
    log.append("thought-2", Note.Logged(kind="thought", text="a zebra"))
    assert searching.ids("zebra") == ["thought-2"]


def test_words_that_are_everywhere_find_the_newest_and_rare_ones_still_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_hits, "RANKED", 3)
    log = told()
    for run in range(5, 12):
        log.append(f"run-{run}", requested(run, lr=run, description=f"try number {run}" + " zebra" * (run == 6)))
    searching = Searching(log)
    assert searching.ids("try", limit=3) == ["run-11", "run-10", "run-9"]
    assert searching.ids("try number", limit=2) == ["run-11", "run-10"]
    assert searching.ids("try zebra") == ["run-6"]
    assert searching.ids("try lr=7") == ["run-7"]
    assert searching.ids("try number kind:decision") == []
    monkeypatch.setattr(search_hits, "FEW", 0)
    assert searching.ids("try lr>=7 lr<10") == ["run-9", "run-8", "run-7"]
    monkeypatch.setattr(search_hits, "COUNTED", 2)
    assert searching("try", limit=3).at_least
    assert searching.ids("try", limit=3, before=searching("try", limit=3).more) == ["run-8", "run-7", "run-6"]


def test_text_of_any_size_and_kind_is_indexed_and_shown_in_one_line() -> None:
    log = InMemoryEventLog()
    log.append("thought-1", Note.Logged(kind="thought", text="giant " + "x" * 1_000_000))
    log.append("thought-2", Note.Logged(kind="thought", text="nul\x00\x01\x02\x1b[31m red\nline two\u202e end"))
    log.append("run-1", requested(1, lr=1, description='"quoted" \\ back\\slash \\u0041 "' + "\U0001f600" * 3))
    log.append("run-1", Run.Finished(outcome="failed", cause="\x00", stages={}))
    searching = Searching(log)
    assert searching.ids("giant") == ["thought-1"]
    assert searching.ids("red") == ["thought-2"]
    (found,) = searching("two").results
    assert found.snippet is not None
    assert not set(found.snippet) & set("\n\x00\x01\x02\x1b")
    assert searching.ids("quoted slash") == ["run-1"]


def test_imported_experiments_are_found_by_their_own_ids_words_and_changes() -> None:
    log = told()
    happened = datetime(2026, 3, 1, tzinfo=UTC)
    imported = Run.Imported(
        system="experiments",
        id="E2278",
        item="2278",
        happened=happened,
        reason=Reason(description="A longer cosine period", hypothesis="tunes the schedule"),
        changed=[Change(name="cosine_T_max", before="150", after="180")],
        outcome="succeeded",
        note="four seeds agree",
        labels={"area": "optimiser"},
    )
    log.append("run-9", imported)
    log.append("run-9", Run.VerdictImported(verdict="miss", said="noise", happened=happened, by="E2300"))
    searching = Searching(log)
    for text in (
        "E2278",
        "cosine",
        "T_max",
        "seeds agree",
        "optimis*",
        "cosine_T_max=180",
        "id:E2278",
        "verdict:noise",
    ):
        assert searching.ids(text)[0] == "run-9", text
    (found,) = searching("noise").results
    assert (found.called, found.title, found.verdict) == ("E2278", "A longer cosine period", "miss")
    assert searching.ids("before:2026-03-02") == ["run-9"]
    then = search(searching.projector.at(happened), searching.index, "cosine")
    assert [one.id for one in then.results] == ["run-9"]
    assert search(searching.projector.at(happened - timedelta(days=1)), searching.index, "cosine").results == []


def test_what_a_finding_spoils_says_so() -> None:
    log = told()
    log.append("finding-1", Finding.Recorded(reason="labels shifted", suspicion=Suspicion(runs=["run-3"]), given={}))
    found = {one.id: one.warnings for one in Searching(log)("learning").results}
    assert [caution.finding for caution in found["run-3"]] == ["finding-1"]
    assert [caution.finding for caution in found["hypothesis-1"]] == ["finding-1"]  # run-3 is its evidence
    assert found["run-1"] == []
