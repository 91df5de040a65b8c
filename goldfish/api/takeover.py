"""What is recorded of a history from elsewhere, page by page: new experiments, later verdicts, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from goldfish.api.import_answers import RefusedPart
from goldfish.domain.imported import ForeignExperiment, ForeignJudgement, System
from goldfish.domain.names import Stream
from goldfish.domain.notes import ForeignNote, Note, NoteKind
from goldfish.domain.runs import Run
from goldfish.domain.taking_over import judged_again, taken_again
from goldfish.errors import RecordChanged, Refusal, UnknownRun

if TYPE_CHECKING:
    from datetime import datetime

    from goldfish.application import Session
    from goldfish.domain.specs import Direction
    from goldfish.ports import ForeignPart
    from goldfish.projections.projector import View


@dataclass
class Known:
    """What is recorded of a system already: its ids and ours."""

    system: System
    runs: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    newest: dict[NoteKind, int] = field(default_factory=dict)  # the highest number of a note
    baseline: str | None = None  # the decision that holds, and …
    since: datetime | None = None  # … since when

    @classmethod
    def of(cls, view: View, system: System) -> Known:
        """As the read models have it."""
        found = cls(system)
        for row in view.rows("SELECT run, foreign_id FROM runs WHERE system = ?", system):
            found.runs[row["foreign_id"]] = row["run"]
        for row in view.rows("SELECT note, called FROM thoughts WHERE system = ? AND called IS NOT NULL", system):
            found.notes[row["called"]] = row["note"]
        asked = "SELECT kind, max(split_part(note, '-', 2)::BIGINT) AS number FROM thoughts GROUP BY kind"
        found.newest = {row["kind"]: row["number"] or 0 for row in view.rows(asked)}
        last = view.row(
            """
            SELECT note, since FROM baselines JOIN thoughts USING (note) WHERE system = ? AND state = 'standing'
            ORDER BY since DESC, baselines.position DESC LIMIT 1
            """,
            system,
        )
        found.baseline, found.since = (last["note"], last["since"]) if last else (None, None)
        return found

    def copy(self) -> Known:
        """To be changed by a decision that may not come to be."""
        newest = dict(self.newest)
        return Known(self.system, dict(self.runs), dict(self.notes), newest, self.baseline, self.since)


@dataclass
class Taken:
    """What came of some parts."""

    new: int = 0
    verdicts: int = 0
    notes: int = 0
    known: int = 0
    refused: list[RefusedPart] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)  # the first and the last new one
    directions: dict[str, Direction | None] = field(default_factory=dict)

    def add(self, other: Taken) -> None:
        """What came of more parts."""
        self.new += other.new
        self.verdicts += other.verdicts
        self.notes += other.notes
        self.known += other.known
        self.refused += other.refused
        self.runs = [*self.runs, *other.runs][:1] + [*self.runs, *other.runs][1:][-1:]
        self.directions.update(other.directions)


class Page:
    """Some parts of a history, being decided on in one session."""

    def __init__(self, session: Session, known: Known, *, at: datetime, newest_run: int, timed: bool) -> None:
        self.known = known.copy()
        self.taken = Taken()
        self._session, self._at, self._timed = session, at, timed
        self._numbers = count(newest_run + 1)
        self._ours = {ours: id_ for id_, ours in [*self.known.notes.items(), *self.known.runs.items()]}

    def record(self, parts: Sequence[ForeignPart]) -> None:
        """Decide on all of them. Runs get their names first, so that they can refer to each other in any order."""
        fresh = {id_: self._new_run() for id_ in _new_ids(parts, self.known.runs)}
        self.known.runs |= {id_: run.stream for id_, run in fresh.items()}
        self._ours |= {run.stream: id_ for id_, run in fresh.items()}
        for part in parts:
            try:
                self._take(part, fresh)
            except Refusal as refusal:
                said = part.said
                id_ = said.of if isinstance(said, ForeignJudgement) else said.id
                self.taken.refused.append(RefusedPart(where=part.where, id=id_, why=refusal.message))

    def _take(self, part: ForeignPart, fresh: dict[str, Run]) -> None:
        match part.said:
            case ForeignExperiment() as said:
                if said.metric is not None:
                    self.taken.directions[said.metric] = said.direction
                if (run := fresh.pop(said.id, None)) is not None:
                    imported = Run.Imported(**{**dict(said), **self._references(said)})
                    self._session.record(run, run.take_over(imported))
                    self.taken.new += 1
                    self.taken.runs = [*self.taken.runs[:1], run.stream]
                    return
                run = self._session.run(self.known.runs[said.id])
                events = taken_again(run, said, self._at, plain=self._plain, timed=self._timed)
                self._session.record(run, events)
                self.taken.verdicts += len(events)
                self.taken.known += not events
            case ForeignJudgement() as said:
                if said.of not in self.known.runs:
                    raise UnknownRun(given=said.of)
                run = self._session.run(self.known.runs[said.of])
                events = judged_again(run, said)
                self._session.record(run, events)
                self.taken.verdicts += len(events)
                self.taken.known += not events
            case ForeignNote() as said:
                self._note(said)

    def _references(self, said: ForeignExperiment) -> dict[str, object]:
        against = self._ref(said.against) if said.against is not None else None
        return {"parents": [self._ref(one) for one in said.parents], "against": against}

    def _note(self, said: ForeignNote) -> None:
        logged = Note.Logged(
            kind=said.kind,
            text=said.text,
            about=[self._ref(one) for one in said.about],
            because=[self._ref(one) for one in said.because],
            instead_of=[self._ref(one) for one in said.instead_of],
            measured=said.measured,
            system=said.system,
            called=said.id,
            happened=said.happened,
            chosen_as=said.chosen_as,
        )
        if said.id in self.known.notes:
            self._same(self._session.note(self.known.notes[said.id]), logged)
            self.taken.known += 1
            return
        earlier = None
        if said.chosen_as is not None and self.known.baseline is not None:
            earlier = self.known.baseline if self.known.since is None or self.known.since <= said.happened else None
        if earlier is not None:
            logged = logged.model_copy(update={"instead_of": [earlier]})
        note = self._new_note(said.kind)
        self._session.record(note, note.log(logged))
        if earlier is not None:
            replaced = self._session.note(earlier)
            self._session.record(replaced, replaced.supersede(note.stream, said.happened))
        if said.chosen_as is not None and (earlier is not None or self.known.baseline is None):
            self.known.baseline, self.known.since = note.stream, said.happened
        self.known.notes[said.id] = note.stream
        self.taken.notes += 1

    def _same(self, note: Note, said: Note.Logged) -> None:
        held = note.first
        differs = [
            name
            for name in ("kind", "text", "happened", "measured", "chosen_as")
            if getattr(held, name) != getattr(said, name)
        ]
        references = ("about", "because", *([] if said.chosen_as else ["instead_of"]))
        differs += [name for name in references if self._ids(getattr(held, name)) != self._ids(getattr(said, name))]
        if differs:
            raise RecordChanged(run=note.stream, id=said.called, fields=", ".join(sorted(differs)))

    def _ids(self, references: list[str]) -> list[str]:
        return [self._plain(one) for one in references]

    def _ref(self, id_: str) -> str:
        """Our name of what has this id there; of what is not recorded here, the id with the system before it."""
        return self.known.runs.get(id_) or self.known.notes.get(id_) or f"{self.known.system}:{id_}"

    def _plain(self, ref: str) -> str:
        """The id there of what a reference names: a record that names something unknown may come to be known."""
        return self._ours.get(ref) or ref.removeprefix(f"{self.known.system}:")

    def _new_run(self) -> Run:
        for number in self._numbers:
            run = self._session.run(f"run-{number}")
            if not run.version:
                return run
        raise AssertionError("there is always a next number")

    def _new_note(self, kind: NoteKind) -> Note:
        for number in count(self.known.newest.get(kind, 0) + 1):
            note = self._session.note(Stream(f"{kind}-{number}"))
            if not note.version:
                self.known.newest[kind] = number
                return note
        raise AssertionError("there is always a next number")


def _new_ids(parts: Sequence[ForeignPart], known: dict[str, str]) -> list[str]:
    ids = (part.said.id for part in parts if isinstance(part.said, ForeignExperiment))
    return [id_ for id_ in dict.fromkeys(ids) if id_ not in known]
