"""What every journal keeps, whichever database is behind it. Subclass and give `journal` as a fixture."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from goldfish.domain.event import Event
from goldfish.domain.executions import Execution
from goldfish.domain.names import PROJECT, CommandId, Stream
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, Reason, StagePlan
from goldfish.ledger.envelope import Actor, Envelope
from goldfish.ledger.journal import FINGERPRINTED, CommandKnown, Journal, StreamMoved
from tests.fakes.event_log import block_of
from tests.replay.samples import SAMPLES

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ME = Actor(kind="human", name="me")
GOAL = Project.GoalSet(goal="read digits")
REQUESTED = next(sample for sample in SAMPLES if isinstance(sample, Run.Requested))
FINISHED = Run.Finished(outcome="failed", cause="x", stages={})
PARKED = Run.Parked(policy="launching", error="x", tries=5)


def envelope(stream: str, version: int, event: Event = GOAL, command: str = "c-1") -> Envelope:
    """An event in fixed circumstances."""
    return Envelope(Stream(stream), version, event, NOW, ME, CommandId(command), "sha256:aa", 3)


def fill(journal: Journal, *streams: str) -> None:
    """One event for each mention of a stream, each by a command of its own."""
    for number, stream in enumerate(streams, journal.head() + 1):
        journal.append([envelope(stream, len(journal.load(Stream(stream))) + 1, command=f"fill-{number}")], {})


def marked(fingerprint: str) -> Run.Requested:
    """A request for other work."""
    return REQUESTED.model_copy(update={"fingerprint": fingerprint})


class JournalContract:
    """The suite."""

    def test_an_empty_journal_holds_nothing(self, journal: Journal) -> None:
        assert (journal.head(), journal.page(0), journal.load(PROJECT), journal.rows(0)) == (0, [], [], [])
        assert (journal.newest_run(), journal.open_runs(), list(journal.damages())) == (0, [], [])
        assert journal.hash_of(1) is None

    def test_positions_are_one_two_three_over_all_streams(self, journal: Journal) -> None:
        assert journal.append([envelope("a", 1), envelope("b", 1), envelope("a", 2)], {}) == [1, 2, 3]
        assert journal.append([envelope("b", 2, command="c-2")], {}) == [4]
        assert journal.head() == 4

    def test_an_event_comes_back_as_it_was_with_its_position(self, journal: Journal) -> None:
        journal.append([envelope("a", 1)], {})
        given = envelope("a", 1)
        assert journal.load(Stream("a")) == [
            Envelope(given.stream, 1, GOAL, NOW, ME, given.command_id, given.body, given.because_of, position=1)
        ]
        assert journal.page(0) == journal.load(Stream("a"))

    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.NAME)
    def test_every_kind_of_event_comes_back(self, journal: Journal, sample: Event) -> None:
        journal.append([envelope("a", 1, sample)], {})
        assert [found.event for found in journal.load(Stream("a"))] == [sample]

    def test_a_block_holds_what_rows_hold(self, journal: Journal) -> None:
        goals = [Project.GoalSet(goal=goal) for goal in ("read digits", "läs siffror 🐟", "a\nb")]
        journal.append([envelope("a", 1, goals[0]), envelope("ä/b", 1, goals[1]), envelope("a", 2, goals[2])], {})
        assert (journal.block(0, 3), journal.block(1, 2)) == (block_of(journal.rows(0)), block_of(journal.rows(1, 2)))

    def test_a_block_of_which_events_are_missing_is_none(self, journal: Journal) -> None:
        fill(journal, "a", "b")
        assert (journal.block(0, 3), journal.block(2, 3), journal.block(2, 2)) == (None, None, None)

    def test_streams_that_are_no_lines_are_never_in_a_block(self, journal: Journal) -> None:
        fill(journal, "a", "b\nc")
        assert journal.block(0, 1) == block_of(journal.rows(0, 1))
        assert (journal.block(0, 2), [row[1] for row in journal.rows(0)]) == (None, ["a", "b\nc"])

    def test_a_stream_holds_only_its_own_events_in_order(self, journal: Journal) -> None:
        fill(journal, "a", "b", "a", "a/b", "a")
        assert [(e.stream, e.version, e.position) for e in journal.load(Stream("a"))] == [
            ("a", 1, 1),
            ("a", 2, 3),
            ("a", 3, 5),
        ]

    def test_an_append_to_a_stream_that_moved_is_refused_whole(self, journal: Journal) -> None:
        fill(journal, "a")
        with pytest.raises(StreamMoved) as moved:
            journal.append([envelope("b", 1), envelope("a", 1)], {})
        assert moved.value.stream == "a"
        assert (journal.head(), journal.command(CommandId("c-1"))) == (1, [])

    def test_a_version_cannot_be_left_out(self, journal: Journal) -> None:
        with pytest.raises(StreamMoved):
            journal.append([envelope("a", 2)], {})
        assert journal.head() == 0

    def test_an_append_is_refused_when_a_stream_it_relied_on_has_moved(self, journal: Journal) -> None:
        fill(journal, "a")
        with pytest.raises(StreamMoved) as moved:
            journal.append([envelope("b", 1)], {Stream("a"): 0})
        assert moved.value.stream == "a"
        assert journal.append([envelope("b", 1)], {Stream("a"): 1, Stream("never"): 0}) == [2]

    def test_a_command_id_takes_effect_once(self, journal: Journal) -> None:
        journal.append([envelope("a", 1), envelope("b", 1)], {})
        with pytest.raises(CommandKnown) as known:
            journal.append([envelope("c", 1)], {})
        assert known.value.position == 1
        assert journal.head() == 2

    def test_a_refused_command_may_be_sent_again(self, journal: Journal) -> None:
        fill(journal, "a")
        with pytest.raises(StreamMoved):
            journal.append([envelope("a", 1)], {})
        assert journal.append([envelope("a", 2)], {}) == [2]

    def test_the_events_of_a_command_are_found_by_its_id(self, journal: Journal) -> None:
        fill(journal, "x")
        journal.append([envelope("a", 1), envelope("b", 1)], {})
        fill(journal, "x")
        assert [e.position for e in journal.command(CommandId("c-1"))] == [2, 3]
        assert journal.command(CommandId("never")) == []

    def test_the_log_is_read_in_pages(self, journal: Journal) -> None:
        fill(journal, *"abcabca")
        assert [e.position for e in journal.page(2, limit=3)] == [3, 4, 5]
        assert [e.position for e in journal.page(5, limit=3)] == [6, 7]
        assert journal.page(7) == []

    def test_rows_are_bounded_on_both_sides(self, journal: Journal) -> None:
        fill(journal, *"abcabca")
        assert [row[0] for row in journal.rows(2, upto=6)] == [3, 4, 5, 6]
        assert [row[0] for row in journal.rows(2, limit=2)] == [3, 4]
        position, stream, version, name, record = journal.rows(3, upto=4)[0]
        assert (position, stream, version, name) == (4, "a", 2, "project.goal-set")
        assert '"data":{"goal":"read digits"}' in record

    def test_the_newest_run_has_the_highest_number(self, journal: Journal) -> None:
        for number in range(1, 12):
            journal.append([envelope(f"run-{number}", 1, REQUESTED, f"r-{number}")], {})
        assert journal.newest_run() == 11

    def test_the_newest_event_of_a_name_is_found_whichever_stream_it_is_on(self, journal: Journal) -> None:
        assert journal.newest(Project.Configured.NAME) is None
        fill(journal, "a", "b", "a")
        newest = journal.newest(GOAL.NAME)
        assert newest is not None
        assert (newest.stream, newest.version, newest.position) == ("a", 2, 3)
        assert journal.newest(Project.Configured.NAME) is None

    def test_open_runs_are_those_neither_finished_nor_parked(self, journal: Journal) -> None:
        for number in range(1, 5):
            journal.append([envelope(f"run-{number}", 1, REQUESTED, f"r-{number}")], {})
        journal.append([envelope("run-1", 2, FINISHED, "f")], {})
        journal.append([envelope("run-3", 2, PARKED, "p")], {})
        assert journal.open_runs() == ["run-2", "run-4"]

    def test_streams_are_found_by_the_fingerprint_of_their_work_newest_first(self, journal: Journal) -> None:
        for number, mark in enumerate(("aa", "ab", "aa", "a"), 1):
            journal.append([envelope(f"run-{number}", 1, marked(mark), f"r-{number}")], {})
        assert journal.with_fingerprint("aa", "run.requested") == ["run-3", "run-1"]
        assert journal.with_fingerprint("a", "run.requested") == ["run-4"]
        assert journal.with_fingerprint("b", "run.requested") == []

    def test_executions_are_found_by_what_was_intended_and_by_what_was_reused(self, journal: Journal) -> None:
        plain = Execution.LaunchIntended(attempt=1, backend="process", inputs=[])
        intended = plain.model_copy(update={"fingerprint": "aa"})
        reused = Execution.Reused(execution="run-1/train", fingerprint="aa", inputs=[])
        journal.append([envelope("run-1/train", 1, plain, "1"), envelope("run-1/train", 2, intended, "1")], {})
        journal.append([envelope("run-1/train", 3, intended.model_copy(update={"attempt": 2}), "2")], {})
        journal.append([envelope("run-2/train", 1, reused, "3")], {})
        assert journal.with_fingerprint("aa", "execution.launch-intended") == ["run-1/train"]
        assert journal.with_fingerprint("aa", "execution.reused") == ["run-2/train"]
        assert journal.with_fingerprint("aa", "run.requested") == []

    @pytest.mark.parametrize("text", ['"fingerprint":"bb"', 'fingerprint":"bb', '\\"fingerprint":"bb"', "é\n\u2028"])
    def test_no_text_of_a_user_is_taken_for_a_fingerprint_or_hides_one(self, journal: Journal, text: str) -> None:
        actor = Actor(kind="agent", name=text, session=text)
        config: dict[str, JsonValue] = {text: {"fingerprint": "bb"}, "fingerprint": "bb", "x": text}
        stage = StagePlan(name="train", config=config, environment={"fingerprint": "bb", text: text})
        event = REQUESTED.model_copy(
            update={
                "fingerprint": "aa",
                "stages": [stage],
                "reason": Reason(description=text, hypothesis=text),
                "environment": Environment(python=text, platform=text),
                "workspace": text,
            }
        )
        journal.append([Envelope(Stream("run-1"), 1, event, NOW, actor, CommandId(text), text)], {})
        assert journal.with_fingerprint("aa", "run.requested") == ["run-1"]
        assert journal.with_fingerprint("bb", "run.requested") == []
        journal.append([envelope("run-2", 1, marked(text), "c-2")], {})
        assert journal.with_fingerprint(text, "run.requested") == ["run-2"]

    @pytest.mark.parametrize("sample", [s for s in SAMPLES if s.NAME in FINGERPRINTED], ids=lambda sample: sample.NAME)
    def test_every_event_about_work_is_found_by_its_fingerprint(self, journal: Journal, sample: Event) -> None:
        event = sample.model_copy(update={"fingerprint": "sha256:" + "c" * 64})
        journal.append([envelope("a", 1, event)], {})
        assert journal.with_fingerprint("sha256:" + "c" * 64, sample.NAME) == ["a"]

    def test_the_token_moves_with_every_append_and_only_then(self, journal: Journal) -> None:
        fill(journal, "a")
        before = journal.token()
        journal.load(Stream("a"))
        assert journal.token() == before
        fill(journal, "a")
        assert journal.token() != before

    def test_the_hash_of_a_position_covers_all_before_it(self, journal: Journal) -> None:
        fill(journal, "a", "b")
        hashes = [journal.hash_of(position) for position in (1, 2)]
        assert all(found is not None and len(found) == 64 for found in hashes)
        assert hashes[0] != hashes[1]
        fill(journal, "a")
        assert [journal.hash_of(position) for position in (1, 2)] == hashes

    def test_what_was_appended_is_sound(self, journal: Journal) -> None:
        fill(journal, *"abcab")
        assert list(journal.damages()) == []

    def test_a_closed_journal_opens_again_when_it_is_used(self, journal: Journal) -> None:
        fill(journal, "a")
        journal.close()
        journal.close()
        assert journal.head() == 1
