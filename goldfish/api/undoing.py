"""Use cases around undo: what can be undone, and undoing it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from goldfish.api.code import Code
from goldfish.api.code_answers import UndoAnswer, UndoLine
from goldfish.application import Receipt, Session
from goldfish.domain.names import CommandId, Stream, plain_text, split_version, version_id
from goldfish.domain.projects import Project
from goldfish.domain.tags import TAGS, Tag, Tags
from goldfish.domain.undoing import UNDOABLE, Fact, Undo, cancelled, undo
from goldfish.domain.workspaces import Workspace
from goldfish.errors import CannotUndo, NothingToUndo, Refusal, UnknownPosition
from goldfish.ledger.envelope import Envelope

SEARCHED = 500  # events that are looked at for something that can be undone


class UndoCommands(Code):
    """What people and agents take back."""

    def undo(self, position: int | None = None, *, command_id: str | None = None) -> UndoAnswer:
        """Take back what the event at a position did; by default the newest that can be undone.

        What one command did is undone together. Raises `CannotUndo` with the reason when something took its place.
        """
        journal = self.application.journal
        known = journal.command(CommandId(plain_text(command_id, "command id", 200))) if command_id is not None else []
        chosen = known[0].because_of if known else position if position is not None else self._newest_undoable()
        done = [] if known else self._undoable_of(chosen or 0)
        cause = done[0].position if done else None
        slot = next(
            (e.event.slot for e in done if isinstance(e.event, Workspace.RolledBack | Workspace.Unmounted)), None
        )
        with self.slots.alone(slot) if slot is not None else contextlib.nullcontext():
            request = {"undo": position}
            receipt = self.execute(lambda s: self._take_back(s, done), request, command_id, because_of=cause)
            for envelope in receipt.events:
                if isinstance(envelope.event, Workspace.Mounted | Workspace.RolledBack):
                    self.slots.settle(self._subject(receipt, envelope.stream))
        self.pin(receipt)
        self.write_state()
        return self._undone_by(receipt)

    def undoable(self, limit: int = 20) -> list[UndoLine]:
        """What can be undone, newest first: what was done, and how it would be afterwards."""
        lines = []
        for first, undos in self._possible_undos():
            lines.append(
                UndoLine(
                    position=first.position,
                    recorded_at=first.at,
                    actor=f"{first.actor.kind}:{first.actor.name}",
                    before=[found.before for found in undos],
                    after=[found.after for found in undos],
                )
            )
            if len(lines) == limit:
                break
        return lines

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _newest_undoable(self) -> int:
        for first, _ in self._possible_undos():
            return first.position
        raise NothingToUndo

    def _possible_undos(self) -> Iterator[tuple[Envelope, list[Undo]]]:
        """What people and agents did and can be undone, newest first. What is an undo itself is left out."""
        names = [kind.NAME for kind in UNDOABLE]
        asked = "SELECT position FROM events WHERE name IN (SELECT unnest(?::VARCHAR[])) ORDER BY position DESC LIMIT ?"
        session, seen, known = Session(self.application.journal), set[int](), dict[Stream, list[Fact]]()
        for row in self.services.projector.at().rows(asked, names, SEARCHED):
            if row["position"] in seen:
                continue
            done = self._undoable_of(row["position"])
            seen.update(envelope.position for envelope in done)
            stream = done[0].stream
            facts = known[stream] if stream in known else known.setdefault(stream, self._facts_of(stream))
            if done[0].actor.kind == "policy" or done[0].position in cancelled(facts)[1]:
                continue
            undos = []
            for envelope in done:
                with contextlib.suppress(Refusal):
                    undos.append(self._inverse(session, envelope, self._now(session, envelope.stream), facts))
            if undos:
                yield done[0], undos

    def _undoable_of(self, position: int) -> list[Envelope]:
        """What the command that recorded an event did, as far as it has an inverse."""
        page = self.application.journal.page(position - 1, 1) if position > 0 else []
        if not page:
            raise UnknownPosition(given=position)
        command = page[0].command_id
        together = self.application.journal.command(command) if command is not None else page
        done = [envelope for envelope in together or page if isinstance(envelope.event, UNDOABLE)]
        if not done:
            raise CannotUndo(position=position, what=page[0].event.NAME, why="nothing was lost by it")
        return done

    def _take_back(self, session: Session, done: list[Envelope]) -> None:
        refused: list[Refusal] = []
        for envelope in done:
            try:
                now = self._now(session, envelope.stream)
                if isinstance(envelope.event, Workspace.RolledBack) and isinstance(now, Workspace) and now.slot:
                    now = self._synced(session, now.name)
                found = self._inverse(session, envelope, now, self._facts_of(envelope.stream))
            except Refusal as refusal:
                refused.append(refusal)
                continue
            session.record(now, found.events)
            for event in found.events:
                if isinstance(event, Workspace.Mounted) and isinstance(now, Workspace):
                    directory = session.slot(event.slot)
                    session.record(directory, directory.take(event.slot, now.name))
        if len(refused) == len(done):
            raise refused[0]

    def _inverse(
        self, session: Session, envelope: Envelope, now: Project | Tags | Workspace, facts: list[Fact]
    ) -> Undo:
        """The inverse of a recorded event, if it is still possible."""
        fact = next(fact for fact in facts if fact.position == envelope.position)
        found = undo(fact, facts, _empty(envelope.stream), now)
        for event in found.events:
            if isinstance(event, Workspace.Mounted) and isinstance(now, Workspace):
                session.slot(event.slot).take(event.slot, now.name)
                self.slots.refuse_strangers(event.slot)
            if isinstance(event, Tag.Set | Tag.Moved) and split_version(event.target):
                self._version(session, event.target)  # which refuses what was pruned or deleted meanwhile
        return found

    def _now(self, session: Session, stream: Stream) -> Project | Tags | Workspace:
        return session.load(_empty(stream))

    def _facts_of(self, stream: Stream) -> list[Fact]:
        return [Fact(e.position, e.command_id, e.because_of, e.event) for e in self.application.journal.load(stream)]

    def _undone_by(self, receipt: Receipt) -> UndoAnswer:
        """What an undo did, worked out from the log as it was before."""
        first = receipt.events[0]
        before, after = [], []
        for envelope in self._undoable_of(first.because_of or 0):
            facts = [fact for fact in self._facts_of(envelope.stream) if fact.position < first.position]
            now = _empty(envelope.stream)
            for fact in facts:
                now = now.apply(fact.event)
            fact = next(fact for fact in facts if fact.position == envelope.position)
            with contextlib.suppress(CannotUndo):
                found = undo(fact, facts, _empty(envelope.stream), now)
                before.append(found.before)
                after.append(found.after)
        kept: list[str] = [
            version_id(e.stream.removeprefix("workspace:"), e.event.number)
            for e in receipt.events
            if isinstance(e.event, Workspace.VersionSaved)
        ]
        return UndoAnswer(
            undone=first.because_of or 0, before=before, after=after, kept_as=kept, position=receipt.events[-1].position
        )


def _empty(stream: Stream) -> Project | Tags | Workspace:
    if stream == TAGS:
        return Tags()
    return Workspace(stream) if stream.startswith("workspace:") else Project()
