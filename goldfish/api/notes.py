"""Use cases around what people and agents think: thoughts, hypotheses and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from goldfish import durable
from goldfish.api.answers import ThoughtAnswer
from goldfish.api.core import Core
from goldfish.application import Receipt, Session
from goldfish.domain.names import is_note, nearest, plain_text
from goldfish.domain.notes import Measured, Note, NoteKind, Resolution
from goldfish.errors import UnknownNote, UnusableText

if TYPE_CHECKING:
    from goldfish.domain.event import Event
    from goldfish.ledger.envelope import Envelope

References = str | Sequence[str] | None

MOST = 50  # references of one kind on one note


class NoteCommands(Core):
    """What people and agents write down. References are checked to exist, and kept as what they name now."""

    def log_thought(
        self,
        text: str,
        *,
        workspace: str | None = None,
        about: References = None,
        kind: NoteKind = "thought",
        command_id: str | None = None,
    ) -> ThoughtAnswer:
        """Keep a thought, of the project, of a workspace, or about anything that has a reference."""
        body: dict[str, JsonValue] = {kind: text, "workspace": workspace, "about": _given(about)}
        return self._log(kind, text, body, workspace, command_id, {"about": self._known(about)})

    def log_hypothesis(
        self, text: str, *, workspace: str | None = None, about: References = None, command_id: str | None = None
    ) -> ThoughtAnswer:
        """Keep something to be found right or wrong. It is open until `resolve_hypothesis`."""
        return self.log_thought(text, workspace=workspace, about=about, kind="hypothesis", command_id=command_id)

    def log_decision(
        self,
        text: str,
        *,
        because: References = None,
        instead_of: References = None,
        workspace: str | None = None,
        about: References = None,
        command_id: str | None = None,
    ) -> ThoughtAnswer:
        """Keep a decision, what it rests on, and what was not chosen.

        An earlier decision that `instead_of` names is superseded by this one.
        """
        body: dict[str, JsonValue] = {
            "decision": text,
            "workspace": workspace,
            "about": _given(about),
            "because": _given(because),
            "instead_of": _given(instead_of),
        }
        references = {"about": about, "because": because, "instead_of": instead_of}
        known = {name: self._known(given) for name, given in references.items()}
        return self._log("decision", text, body, workspace, command_id, known)

    def resolve_hypothesis(
        self,
        hypothesis: str,
        resolution: Resolution,
        text: str | None = None,
        *,
        evidence: References = None,
        command_id: str | None = None,
    ) -> ThoughtAnswer:
        """Say that a hypothesis is supported, refuted or abandoned, why, and what shows it. It may be said again."""
        why = _text(text, "reason") if text is not None else None
        shown = self._known(evidence)
        body: dict[str, JsonValue] = {
            "resolve": hypothesis,
            "as": resolution,
            "text": text,
            "evidence": _given(evidence),
        }
        return self._change(hypothesis, lambda note: note.resolve(resolution, why, shown), body, command_id)

    def amend_note(
        self, note: str, text: str, *, about: References = None, command_id: str | None = None
    ) -> ThoughtAnswer:
        """Say a note in other words; `about` replaces what it is about. The earlier words stay in its history."""
        words = _text(text, "note")
        named = self._known(about) if about is not None else None
        body: dict[str, JsonValue] = {"amend": note, "text": text, "about": _given(about)}
        return self._change(note, lambda found: found.amend(words, named), body, command_id)

    def withdraw_note(self, note: str, reason: str, *, command_id: str | None = None) -> ThoughtAnswer:
        """Take back a thought or a decision. It stays in the ledger, with the reason."""
        why = _text(reason, "reason", 2_000)
        return self._change(note, lambda found: found.withdraw(why), {"withdraw": note, "reason": reason}, command_id)

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _log(
        self,
        kind: NoteKind,
        text: str,
        body: dict[str, JsonValue],
        workspace: str | None,
        command_id: str | None,
        references: Mapping[str, list[str]],
        measured: Measured | None = None,
    ) -> ThoughtAnswer:
        words = _text(text, kind)

        def log(session: Session) -> None:
            place = self.workspace(session, workspace).name if workspace is not None else None
            note = session.new_note(kind, self._newest(kind))
            said = Note.Logged(
                kind=kind,
                text=words,
                workspace=place,
                about=references.get("about", []),
                because=references.get("because", []),
                instead_of=references.get("instead_of", []),
                measured=measured,
            )
            session.record(note, note.log(said))
            for earlier in references.get("instead_of", []):
                if is_note(earlier):
                    self.put(session, session.note(earlier), lambda found: found.supersede(note.stream))

        # Without this lock every number would still be right, but many who ask at once would wear out their tries.
        with durable.exclusive(self.layout.notes_lock):
            receipt = self.execute(log, body, command_id)
        self.write_state()
        return self._answered(receipt.events[0].stream, receipt)

    def _change(
        self, note: str, decide: Callable[[Note], list[Event]], body: dict[str, JsonValue], command_id: str | None
    ) -> ThoughtAnswer:
        name = plain_text(note, "note", 200)

        def change(session: Session) -> None:
            found = session.note(name) if is_note(name) else None
            if found is None or not found.version:
                raise UnknownNote(given=name, near=nearest(name, self._recent()))
            self.put(session, found, decide)

        receipt = self.execute(change, body, command_id)
        self.write_state()
        return self._answered(name, receipt)

    def _answered(self, stream: str, receipt: Receipt) -> ThoughtAnswer:
        """The note as it is recorded: without the secrets that were in what was given."""
        position = receipt.events[0].position if receipt.events else None
        if not is_note(stream):
            return _before_ids(receipt.events[0])
        note = Session(self.application.journal).note(stream)
        return ThoughtAnswer(
            note=stream,
            kind=note.first.kind,
            state=note.state,
            text=note.text,
            workspace=note.first.workspace,
            about=list(note.about),
            because=note.first.because,
            instead_of=note.first.instead_of,
            evidence=note.resolved.evidence if note.resolved else [],
            superseded=[e.stream for e in receipt.events if isinstance(e.event, Note.Superseded)],
            position=position,
        )

    def _known(self, given: References) -> list[str]:
        """The full names of what exists, each once. Raises the refusal with near names."""
        from goldfish.queries.references import resolve

        names = [given] if isinstance(given, str) else list(given or [])
        if len(names) > MOST:
            raise UnusableText(what="list of references", why=f"it has {len(names)}, more than {MOST}")
        if not names:
            return []
        view = self.services.projector.at()
        return list(dict.fromkeys(resolve(view, plain_text(name, "reference", 200)).id for name in names))

    def _newest(self, kind: NoteKind) -> int:
        asked = (
            "SELECT max(split_part(note, '-', 2)::BIGINT) AS number FROM thoughts WHERE kind = ? AND note IS NOT NULL"
        )
        row = self.services.projector.at().row(asked, kind)
        return int(row["number"] or 0) if row else 0

    def _recent(self) -> list[str]:
        asked = "SELECT note FROM thoughts WHERE note IS NOT NULL ORDER BY position DESC LIMIT 200"
        return [row["note"] for row in self.services.projector.at().rows(asked)]


def _given(references: References) -> JsonValue:
    return references if isinstance(references, str | None) else list(references)


def _text(given: str, what: str, limit: int = 20_000) -> str:
    text = plain_text(given, what, limit)
    if not text.strip():
        raise UnusableText(what=what, why="it is empty")
    return text


def _before_ids(envelope: Envelope) -> ThoughtAnswer:
    """The answer to a command that was carried out before thoughts had ids, and is repeated now."""
    of, _, workspace = envelope.stream.partition(":")
    event = envelope.event.model_dump()
    return ThoughtAnswer(
        note=None,
        kind="thought",
        state="kept",
        text=event["text"],
        workspace=workspace if of == "workspace" else None,
        about=[event["about"]] if event["about"] else [],
        position=envelope.position,
    )
