"""Load → decide → append: once per command, never on stale facts."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.application import TRIES, Application, Session
from goldfish.domain.names import CommandId, Position, Stream
from goldfish.domain.projects import Project
from goldfish.domain.runs import Run
from goldfish.domain.slots import Slot
from goldfish.domain.values import Environment, Reason
from goldfish.domain.workspaces import Workspace
from goldfish.errors import Busy, CommandIdReused, Refusal, UnknownRun, WorkspaceExists
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Actor, Envelope
from goldfish.ledger.journal import Journal, StreamMoved
from tests.fakes.clock import FixedClock
from tests.fakes.journal import InMemoryJournal

ME = Actor(kind="human", name="me")
REQUESTED = Run.Requested(
    workspace="w",
    number=1,
    tree="t1",
    pipeline="p",
    stages=[],
    reason=Reason(description="to get a number"),
    environment=Environment(python="3.11", platform="test"),
    seed=None,
    fingerprint="sha256:aa",
)
ID = CommandId("my-command")


def application(journal: Journal | None = None) -> Application:
    return Application(journal or InMemoryJournal(), FixedClock(), ME)


def create(session: Session) -> None:
    workspace = session.workspace("base")
    session.record(workspace, workspace.create("base", None, "t1", None))


def think(session: Session) -> None:
    project = session.project()
    session.record(project, [Project.ThoughtLogged(text=f"thought {project.version + 1}")])


def mount(session: Session) -> None:
    workspace, slot = session.workspace("base"), session.slot("w1")
    session.record(slot, slot.take("w1", workspace.name))
    session.record(workspace, workspace.mount("w1"))


# ── what is recorded ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_receipt_holds_the_events_with_their_circumstances() -> None:
    app = application()
    receipt = app.execute(create, request={"create": "base"}, because_of=7)
    assert [(e.stream, e.version, e.position) for e in receipt.events] == [
        ("workspace:base", 1, 1),
        ("workspace:base", 2, 2),
    ]
    assert {(e.actor, e.at, e.because_of) for e in receipt.events} == {(ME, app.clock.now(), 7)}
    assert receipt.events == app.journal.page(0)
    assert not receipt.repeated


def test_facts_of_several_streams_are_appended_together() -> None:
    app = application()
    app.execute(create, request={})
    receipt = app.execute(mount, request={})
    assert [e.stream for e in receipt.events] == ["slot:w1", "workspace:base"]
    assert receipt.first(Slot.Taken) == Slot.Taken(workspace="base")
    assert receipt.first(Workspace.Created) is None


def test_a_refused_command_leaves_nothing() -> None:
    app = application()
    app.execute(create, request={})
    with pytest.raises(WorkspaceExists):
        app.execute(create, request={}, command_id=ID)
    assert app.journal.head() == 2
    assert app.journal.command(ID) == []


def test_a_command_that_decides_nothing_records_nothing() -> None:
    receipt = application().execute(lambda session: session.project(), request={}, command_id=ID)
    assert (receipt.events, receipt.repeated) == ([], False)


def test_another_actor_can_be_named() -> None:
    conductor = Actor(kind="policy", name="conductor")
    assert application().execute(think, request={}, actor=conductor).events[0].actor == conductor


def test_what_a_command_recorded_is_seen_by_its_own_later_loads() -> None:
    def create_and_mount(session: Session) -> None:
        create(session)
        mount(session)

    receipt = application().execute(create_and_mount, request={})
    assert [(e.stream, e.version) for e in receipt.events] == [
        ("workspace:base", 1), ("workspace:base", 2), ("slot:w1", 1), ("workspace:base", 3),
    ]  # fmt: skip


def test_a_stream_is_read_once_so_that_a_decision_stands_on_one_state() -> None:
    app = application()

    def decide(session: Session) -> None:
        first = session.project()
        if not app.journal.head():
            app.execute(think, request={})  # somebody else, in between
        assert session.project() is first
        session.record(first, [Project.ThoughtLogged(text="mine")])

    assert app.execute(decide, request={}).events[0].version == 2  # decided again on the newer state


# ── once (F20) ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_command_again_gets_the_same_answer_and_changes_nothing() -> None:
    app = application()
    first = app.execute(think, request={"text": "x"}, command_id=ID)
    again = app.execute(think, request={"text": "x"}, command_id=ID)
    assert again.events == first.events
    assert again.repeated
    assert app.journal.head() == 1


def test_another_request_under_the_same_id_is_refused() -> None:
    app = application()
    app.execute(think, request={"text": "x"}, command_id=ID)
    with pytest.raises(CommandIdReused, match="my-command"):
        app.execute(think, request={"text": "y"}, command_id=ID)
    assert app.journal.head() == 1


def test_a_repeat_gets_the_first_answer_even_when_it_would_be_refused_by_now() -> None:
    app = application()
    first = app.execute(create, request={}, command_id=ID)
    assert app.execute(create, request={}, command_id=ID).events == first.events


class _Overtaken(InMemoryJournal):
    """The same command, sent twice, arrives here first just after the second one looked it up."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = 0

    def command(self, command_id: CommandId) -> list[Envelope]:
        found = super().command(command_id)
        self.looked += 1
        if self.looked == 1:
            Application(self, FixedClock(), ME).execute(create, request={}, command_id=command_id)
        return found


def test_the_slower_of_two_equal_commands_gets_the_answer_of_the_faster_not_a_refusal() -> None:
    receipt = application(_Overtaken()).execute(create, request={}, command_id=ID)
    assert receipt.repeated
    assert receipt.first(Workspace.Created) is not None


def test_the_slower_of_two_commands_that_differ_is_refused_for_its_id() -> None:
    with pytest.raises(CommandIdReused):
        application(_Overtaken()).execute(create, request={"another": 1}, command_id=ID)


def _send_at_once(path: Path, mapper: LedgerMapper, gate: object, answers: object) -> None:
    gate.wait()  # type: ignore[attr-defined]  # multiprocessing names no public types for barrier and queue
    receipt = Application(SqliteJournal(path, mapper), FixedClock(), ME).execute(think, request={}, command_id=ID)
    answers.put(([e.position for e in receipt.events], receipt.repeated))  # type: ignore[attr-defined]  # as above


def test_two_processes_with_the_same_id_at_the_same_instant_have_one_effect(
    tmp_path: Path, mapper: LedgerMapper
) -> None:
    context = multiprocessing.get_context("fork")
    for round_ in range(5):
        path = tmp_path / str(round_) / "ledger.db"
        path.parent.mkdir()
        gate, answers = context.Barrier(2), context.Queue()
        children = [context.Process(target=_send_at_once, args=(path, mapper, gate, answers)) for _ in range(2)]
        for child in children:
            child.start()
        said = [answers.get(timeout=30) for _ in children]
        for child in children:
            child.join()
        assert sorted(said) == [([1], False), ([1], True)]
        journal = SqliteJournal(path, mapper)
        assert journal.head() == 1
        journal.close()


# ── together (F18) ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_update_is_lost_between_many_threads(journal: SqliteJournal) -> None:
    app = application(journal)
    answers: list[int] = []
    refused: list[Exception] = []

    def work() -> None:
        for _ in range(10):
            try:
                answers.append(app.execute(think, request={}).events[0].version)
            except Busy as busy:
                refused.append(busy)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(1, len(answers) + 1))
    assert len(answers) + len(refused) == 80
    texts = [getattr(e.event, "text", "") for e in journal.load(Stream("project"))]
    assert texts == [f"thought {n}" for n in range(1, len(answers) + 1)]


class _AlwaysMoved(InMemoryJournal):
    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def append(self, events: Sequence[Envelope], unchanged: object) -> list[Position]:
        self.tries += 1
        raise StreamMoved("workspace:hot")


def test_who_is_overtaken_five_times_is_told_what_moved() -> None:
    journal = _AlwaysMoved()
    with pytest.raises(Busy, match="workspace:hot was changed by others 5 times"):
        application(journal).execute(think, request={})
    assert journal.tries == TRIES == 5


def test_a_command_is_decided_again_when_what_it_only_looked_at_has_moved() -> None:
    app = application()
    app.execute(create, request={})
    seen: list[int] = []

    def decide(session: Session) -> None:
        looked_at, project = session.workspace("base"), session.project()
        seen.append(looked_at.version)
        if len(seen) == 1:
            app.execute(lambda s: s.record(s.workspace("base"), [Workspace.ThoughtLogged(text="x")]), request={})
        session.record(project, [Project.ThoughtLogged(text="y")])

    app.execute(decide, request={})
    assert seen == [2, 3]


# ── time (F23) ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("jump", [-3600, 366 * 86400, 0])
def test_a_clock_that_jumps_changes_no_order(jump: float) -> None:
    clock = FixedClock()
    app = Application(InMemoryJournal(), clock, ME)
    app.execute(think, request={})
    clock.jump(jump)
    app.execute(think, request={})
    assert [(e.position, e.version) for e in app.journal.page(0)] == [(1, 1), (2, 2)]
    assert (app.journal.page(1)[0].at - app.journal.page(0)[0].at).total_seconds() == jump


def test_a_run_that_was_never_requested_keeps_its_stream_free() -> None:
    app = application()

    def cancel(session: Session) -> None:
        run = session.run("run-1")
        session.record(run, run.cancel("what?"))

    with pytest.raises(Refusal) as caught:
        app.execute(cancel, request={})
    assert isinstance(caught.value, UnknownRun)
    assert app.journal.load(Stream("run-1")) == []


class StaleJournal(InMemoryJournal):
    """Tells of the newest run a moment too late: as if others asked for runs between two reads."""

    def newest_run(self) -> int:
        return 0


def test_a_number_that_somebody_took_in_between_is_not_given_again() -> None:
    app = application(StaleJournal())

    def ask(session: Session) -> None:
        run = session.new_run()
        session.record(run, run.request(REQUESTED))

    streams = [app.execute(ask, request=number).events[0].stream for number in range(3)]
    assert streams == ["run-1", "run-2", "run-3"]
    assert all([e.event.NAME for e in app.journal.load(Stream(s))] == ["run.requested"] for s in streams)
