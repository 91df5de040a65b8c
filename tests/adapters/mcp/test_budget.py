"""Answers keep within their budget, and say what they left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue

from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.budget import Cutting, compact, fitted
from goldfish.api import Goldfish
from goldfish.application import Session
from goldfish.domain.executions import Execution
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.tokens import tokens
from goldfish.domain.values import Environment
from tests.adapters.mcp.conftest import TESTER, Agent, Answer, found
from tests.queries.stories import exited, intended, requested, summary

RUNS = 300
HERE = Environment(python="3.11.9", platform="linux")


class TestFitting:
    """`fitted`, on documents."""

    def test_what_fits_is_left_as_it_is(self) -> None:
        document: dict[str, JsonValue] = {"as_of": 1, "runs": [{"run": "run-1"}]}
        assert fitted(document, 100, Cutting()) == (document, [])

    def test_a_list_keeps_its_first_items_and_says_how_to_ask_for_the_others(self) -> None:
        items: list[JsonValue] = [{"run": f"run-{n}", "why": "x" * 80} for n in range(100)]
        document, left_out = fitted({"runs": items}, 2_000, Cutting(how={"runs": "history(before=…)"}))
        assert isinstance(kept := document["runs"], list)
        assert kept == items[: len(kept)]
        assert 10 < len(kept) < 20
        assert left_out == [f"runs: {100 - len(kept)} more: history(before=…)"]

    def test_small_things_stay_whole_beside_a_large_one(self) -> None:
        document, left_out = fitted({"goal": "be right", "patch": "+" * 9_000, "files": [1, 2, 3]}, 1_000, Cutting())
        assert (document["goal"], document["files"]) == ("be right", [1, 2, 3])
        assert str(document["patch"]).startswith("+++")
        assert len(left_out) == 1
        assert left_out[0].startswith("patch: ")

    def test_of_what_was_printed_the_end_is_kept(self) -> None:
        text = "start" + "." * 5_000 + "ValueError"
        document, _ = fitted({"text": text}, 400, Cutting(ends=frozenset({"text"})))
        assert str(document["text"]).endswith("...ValueError")
        assert "start" not in str(document["text"])

    def test_a_pair_of_numbers_is_never_halved(self) -> None:
        metrics: list[JsonValue] = [{"metric": "loss", "range": [0.123456789, 1.0]} for _ in range(50)]
        document, _ = fitted({"metrics": metrics}, 400, Cutting())
        assert isinstance(kept := document["metrics"], list)
        assert kept
        assert kept == metrics[: len(kept)]

    @given(
        st.dictionaries(
            st.text(max_size=8),
            st.recursive(
                st.text(max_size=400) | st.integers(0, 9) | st.none(),
                lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
                max_leaves=30,
            ),
            max_size=6,
        ),
        st.integers(50, 3_000),
    )
    def test_nothing_is_cut_in_silence(self, document: dict[str, JsonValue], room: int) -> None:
        cut, left_out = fitted(document, room, Cutting())
        assert set(cut) == set(document)
        assert bool(left_out) == (cut != document)
        assert len(compact(cut)) <= len(compact(document))


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with 300 runs whose reasons are long, 40 metrics in the last one, and a large unsaved file."""
    goldfish = found(tmp_path_factory.mktemp("much") / "tiny")

    def history(session: Session) -> None:
        for number in range(1, RUNS + 1):
            run = session.run(f"run-{number}")
            why = f"learning rate {number / 100}; " + "why " * 40
            asked = requested(number, lr=number / 100, description=why).model_copy(
                update={"environment": HERE, "group": f"group-{number % 60}"}
            )
            for stage in ("prepare", "train"):
                sealed = {"accuracy": summary(0.5)}
                if number == RUNS:
                    sealed = {f"metric_{index:02}": summary(index / 40) for index in range(40)}
                session.record(
                    session.execution(f"run-{number}/{stage}"),
                    [
                        intended("numbers@r1", "sha256:" + "0" * 64),
                        Execution.Launched(handle="1"),
                        exited(),
                        Execution.MetricsSealed(digest="sha256:" + "3" * 64, points=2, summary=sealed),
                        Execution.Concluded(outcome="succeeded", cause="it ended by itself"),
                    ],
                )
            ended = Run.Finished(outcome="succeeded", cause="", stages={"prepare": "succeeded", "train": "succeeded"})
            session.record(run, [asked, ended])

        for index in range(30):
            project = session.project()
            session.record(
                project, [Project.ThoughtLogged(text=f"thought {index}: " + "because " * 100, about="run-300")]
            )

    goldfish.application.execute(history, request="300 runs")
    goldfish.record_finding("numbers@r1", reason="the second column is missing; " + "it was lost; " * 40)
    edited = goldfish.layout.slot("baseline") / "modules" / "train.py"
    edited.write_text("".join(f"value_{n} = {n}\n" for n in range(3_000)))
    return goldfish.layout.root


QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("status", {"since": 0}),
    ("history", {"limit": 200}),
    ("history", {"groups": True, "limit": 200}),
    ("inspect", {"ref": "run-300"}),
    ("inspect", {"ref": "finding-1"}),
    ("compare", {"refs": ["run-1", "run-300"]}),
    ("compare", {"refs": [f"group:group-{number}" for number in range(12)]}),
    ("diff", {"left": "baseline"}),
    ("lineage", {"ref": "numbers", "direction": "down"}),
    ("lineage", {"ref": "numbers", "direction": "down", "form": "mermaid"}),
    ("search", {"text": "learning rate", "limit": 200}),
    ("search", {"kind": "thought", "limit": 200}),
    ("search", {"idea": "another learning rate", "text": "rate", "limit": 50}),
    ("affected", {"refs": "numbers@r1"}),
    ("affected", {"finding": {"bad_data": "numbers@r1"}}),
    ("sql", {"query": "SELECT * FROM runs", "limit": 1000}),
    ("log", {"limit": 500}),
]


def sizes(answer: Answer) -> tuple[int, int]:
    """Tokens of the text and of the structured content."""
    return tokens(answer.text), tokens(json.dumps(answer.data, separators=(",", ":"), ensure_ascii=False))


@pytest.mark.anyio
@pytest.mark.parametrize(("tool", "asked"), QUESTIONS, ids=str)
async def test_every_answer_about_300_runs_keeps_within_its_budget(
    much: Path, tool: str, asked: dict[str, Any]
) -> None:
    async with Agent(much) as agent:
        usual = await agent(tool, **asked)
        assert max(sizes(usual)) <= 2_000
        small = await agent(tool, **asked, budget=600)
        assert max(sizes(small)) <= 600
        large = await agent(tool, **asked, budget=10_000)
        assert max(sizes(usual)) <= max(sizes(large)) <= 10_000
        assert small.data["left_out"]
        more = "with more room: status(budget=2400)" if tool == "status" else "a larger budget (up to 20000) shows more"
        assert small.data["left_out"][-1] == more
        assert "left_out" in small.text


@pytest.mark.anyio
async def test_pages_of_runs_leave_none_out(much: Path) -> None:
    seen: list[str] = []
    async with Agent(much) as agent:
        page = (await agent("history", limit=200)).data
        while "more" in page:
            seen += [line["run"] for line in page["runs"]]
            page = (await agent("history", limit=200, before=page["more"], budget=8_000)).data
    seen += [line["run"] for line in page["runs"]]
    assert seen == [f"run-{number}" for number in range(RUNS, 0, -1)]


@pytest.mark.anyio
async def test_what_was_left_out_is_asked_for_with_tools(much: Path) -> None:
    async with Agent(much) as agent:
        answer = (await agent("status", budget=6_000)).data
    said = answer["left_out"]
    assert f"{RUNS - len(answer['results'])} results: history()" in said
    assert not any("goldfish" in line for line in said)


@pytest.mark.anyio
async def test_a_log_of_many_lines_ends_with_its_end(tmp_path: Path) -> None:
    goldfish = Goldfish.found(tmp_path, TESTER, name="tiny", goal="print")

    def printing(session: Session) -> None:
        session.record(session.run("run-1"), [requested(1, lr=0.1)])
        begun = [intended("numbers@r1", "sha256:" + "0" * 64), Execution.Launched(handle="1")]
        session.record(session.execution("run-1/prepare"), begun)
        session.record(session.run("run-1"), [Run.Finished(outcome="lost", cause="", stages={})])

    goldfish.application.execute(printing, request="printing")
    directory = goldfish.layout.execution("run-1/prepare")
    directory.mkdir(parents=True)
    (directory / "log.txt").write_text("".join(f"line {n}\n" for n in range(9_000)))
    async with Agent(tmp_path) as agent:
        printed = await agent("logs", ref="run-1/prepare", lines=10_000)
        assert printed.data["logs"][0]["text"].endswith("line 8998\nline 8999")
        assert max(sizes(printed)) <= 2_000
        assert printed.data["left_out"][0].startswith("logs.text: ")


@pytest.mark.anyio
@pytest.mark.parametrize(("words", "budget"), [({}, 1_500), ({"text": "thought"}, 1_500), ({"text": "because"}, 600)])
async def test_pages_of_what_was_found_leave_none_out(much: Path, words: dict[str, str], budget: int) -> None:
    seen: list[str] = []
    async with Agent(much) as agent:
        page = (await agent("search", **words, kind="thought", limit=12, budget=budget)).data
        while "more" in page:
            seen += [note["title"].partition(":")[0] for note in page["results"]]
            page = (await agent("search", **words, kind="thought", limit=12, budget=budget, before=page["more"])).data
    seen += [note["title"].partition(":")[0] for note in page["results"]]
    assert sorted(seen) == sorted(f"thought {number}" for number in range(30))


@pytest.mark.anyio
@pytest.mark.parametrize("budget", [600, 4_000])
async def test_pages_of_what_is_affected_leave_none_out(much: Path, budget: int) -> None:
    seen: list[str] = []
    async with Agent(much) as agent:
        page = (await agent("affected", refs="numbers@r1", budget=budget)).data
        everything = page["matching"]
        while "more" in page:
            assert page["counts"]["run"] == RUNS, "every page says how much there is"
            seen += [line["ref"] for line in page["lines"]]
            page = (await agent("affected", refs="numbers@r1", budget=budget, after=page["more"])).data
    seen += [line["ref"] for line in page["lines"]]
    assert len(seen) == len(set(seen)) == everything
    assert {f"run-{number}" for number in range(1, RUNS + 1)} <= set(seen)


@pytest.mark.anyio
async def test_rows_that_are_not_shown_are_told_of(much: Path) -> None:
    async with Agent(much) as agent:
        counted = await agent("sql", query="SELECT count(*) AS runs FROM runs")
        assert counted.data["rows"] == [{"runs": RUNS}]
        some = (await agent("sql", query="SELECT run FROM runs ORDER BY position", limit=5)).data
        assert ([row["run"] for row in some["rows"]], some["more"]) == ([f"run-{n}" for n in range(1, 6)], True)
        cut = (await agent("sql", query="SELECT run, description FROM runs", limit=300, budget=600)).data
        assert cut["left_out"][0].endswith("ask for fewer columns, for sums, or for a page: LIMIT 20 OFFSET 20")


class Line(BaseModel):
    """A result of one stage; those of a run have its position."""

    position: int
    stage: str
    text: str


class Page(BaseModel):
    """Results, newest run first."""

    results: list[Line]
    more: int | None
    left_out: list[str] = []


def test_results_of_one_run_are_not_torn_apart_by_pages() -> None:
    every = [
        Line(position=run, stage=f"stage-{stage}", text=f"{run} " * 60) for run in range(9, 0, -1) for stage in range(3)
    ]
    seen: list[tuple[int, str]] = []
    before: int | None = 10
    while before is not None:
        page = Page(results=[line for line in every if line.position < before], more=None)
        shown = answer(page, budget=500, cutting=Cutting(pages="results")).structured_content
        assert isinstance(shown, dict)
        assert shown.get("more") != before, "it goes on"
        before = shown.get("more")
        seen += [(line["position"], line["stage"]) for line in shown["results"]]
    assert set(seen) == {(line.position, line.stage) for line in every}
    assert seen == sorted(seen, key=lambda place: -place[0])
