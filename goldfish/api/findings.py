"""Use cases around what is found out to be bad: what depends on it, and the warnings that all of that carries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from goldfish import durable
from goldfish.api.core import Core
from goldfish.application import Session
from goldfish.domain.findings import Finding, is_finding
from goldfish.domain.json_values import json_problem
from goldfish.domain.names import nearest, plain_text
from goldfish.domain.suspicion import Suspicion, joined
from goldfish.errors import (
    FindingNotUnderstood,
    NothingSuspected,
    UnknownFinding,
    UnknownReference,
    UnusableFinding,
    UnusableText,
)

if TYPE_CHECKING:
    from goldfish.domain.moments import When
    from goldfish.projections.projector import View
    from goldfish.queries.affected import Affected
    from goldfish.queries.findings import Findings, FindingStory

References = str | Sequence[str] | None

MOST = 50  # things that one finding names
LARGEST = 64 << 10  # characters of a finding that is told as JSON


class FindingCommands(Core):
    """What people and agents find out to be bad."""

    def affected(
        self,
        refs: References = None,
        *,
        finding: Mapping[str, JsonValue] | None = None,
        as_of: When | None = None,
    ) -> Affected:
        """What depends on things that are bad: named, or told as JSON in words of one's own. Nothing is recorded.

        Raises `NothingSuspected`, `FindingNotUnderstood`, `UnusableFinding`, and as references do.
        """
        from goldfish.queries.affected import affected

        view = self.view(as_of)
        suspicion, unused = self._suspicion(view, refs, finding)
        return affected(view, suspicion).model_copy(update={"not_understood": unused})

    def record_finding(
        self,
        refs: References = None,
        *,
        reason: str | None = None,
        finding: Mapping[str, JsonValue] | None = None,
        command_id: str | None = None,
    ) -> Affected:
        """Record that things are bad: all that depends on them, now and later, carries the warning from now on.

        What is recorded is what is bad, and never what is affected. The same finding again is no new one.
        """
        from goldfish.queries.affected import affected

        view = self.services.projector.at()
        suspicion, unused = self._suspicion(view, refs, finding)
        why = _reason(reason, finding, suspicion)
        known = self._same_finding(view, suspicion)

        def record(session: Session) -> None:
            if known is not None and session.finding(known).withdrawn is None:
                return
            fresh = session.new_finding(self._newest_finding())
            session.record(
                fresh, fresh.record(Finding.Recorded(reason=why, suspicion=suspicion, given=dict(finding or {})))
            )

        body: dict[str, JsonValue] = {
            "finding": dict(finding) if finding is not None else None,
            "refs": refs if isinstance(refs, str | None) else list(refs),
            "reason": reason,
        }
        with durable.exclusive(self.layout.notes_lock):
            receipt = self.execute(record, body, command_id)
        self.write_state()
        name = receipt.events[0].stream if receipt.events else known or ""
        recorded = Session(self.application.journal).finding(name).recorded
        found = affected(self.services.projector.at(), suspicion)
        return found.model_copy(
            update={"finding": name, "reason": recorded.reason if recorded else why, "not_understood": unused}
        )

    def withdraw_finding(self, finding: str, reason: str, *, command_id: str | None = None) -> FindingStory:
        """Take a finding back: nothing carries its warning any more. It stays in the ledger, with the reason."""
        from goldfish.queries.findings import finding_story

        name = plain_text(finding, "finding", 200)
        why = plain_text(reason, "reason", 2_000)
        if not why.strip():
            raise UnusableText(what="reason", why="it is empty")

        def withdraw(session: Session) -> None:
            found = session.finding(name) if is_finding(name) else None
            if found is None or not found.version:
                raise UnknownFinding(given=name, near=nearest(name, self._finding_names()))
            self.put(session, found, lambda one: one.withdraw(why))

        self.execute(withdraw, {"withdraw": name, "reason": reason}, command_id)
        self.write_state()
        return finding_story(self.services.projector.at(), name)

    def findings(
        self,
        *,
        withdrawn: bool = False,
        limit: int = 20,
        before: int | None = None,
        since: int | None = None,
        as_of: When | None = None,
    ) -> Findings:
        """What was found out to be bad, the newest first, and how much each spoils."""
        from goldfish.queries.findings import findings

        return findings(self.view(as_of), withdrawn=withdrawn, limit=limit, before=before, since=since)

    # ── within ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _suspicion(
        self, view: View, refs: References, finding: Mapping[str, JsonValue] | None
    ) -> tuple[Suspicion, list[str]]:
        """What is bad, and which parts of the finding were not used."""
        names = [refs] if isinstance(refs, str) else list(refs or [])
        if len(names) > MOST:
            raise UnusableText(what="list of references", why=f"it has {len(names)}, more than {MOST}")
        suspicion, unused = Suspicion(), list[str]()
        for name in names:
            suspicion = joined(suspicion, self._suspected(view, plain_text(name, "reference", 200)))
        if finding is not None:
            told, unused = self._told_of(view, finding)
            suspicion = joined(suspicion, told)
        if not suspicion.says_something:
            raise NothingSuspected()
        return suspicion, unused

    def _suspected(self, view: View, name: str) -> Suspicion:
        """A thing by its reference; or, where it has none, whatever runs have of that name: data, code, a setting."""
        from goldfish.domain.discovery import understand
        from goldfish.queries.affected import refer
        from goldfish.queries.vocabulary import LedgerVocabulary

        try:
            return Suspicion(things=[refer(view, name)], builds_on=True)
        except UnknownReference:
            told = understand({"": name}, LedgerVocabulary(view)).suspicion
            if not told.says_something:
                raise
            return told

    def _told_of(self, view: View, finding: Mapping[str, JsonValue]) -> tuple[Suspicion, list[str]]:
        from goldfish.domain.discovery import understand
        from goldfish.queries.vocabulary import LedgerVocabulary

        problem = json_problem(dict(finding))
        if problem is not None:
            raise UnusableFinding(why=problem)
        if len(json.dumps(finding)) > LARGEST:
            raise UnusableFinding(why=f"it has more than {LARGEST} characters")
        found = understand(finding, LedgerVocabulary(view))
        if not found.suspicion.says_something:
            raise FindingNotUnderstood(parts=found.not_understood or list(finding) or ["it is empty"])
        return found.suspicion, found.not_understood

    def _same_finding(self, view: View, suspicion: Suspicion) -> str | None:
        """The finding that stands and says just this."""
        from goldfish.queries.warnings import standing

        return next((name for name, _, known in standing(view) if known == suspicion), None)

    def _newest_finding(self) -> int:
        asked = "SELECT max(split_part(finding, '-', 2)::BIGINT) AS number FROM findings"
        row = self.services.projector.at().row(asked)
        return int(row["number"] or 0) if row else 0

    def _finding_names(self) -> list[str]:
        asked = "SELECT finding FROM findings ORDER BY position DESC LIMIT 200"
        return [row["finding"] for row in self.services.projector.at().rows(asked)]


def _reason(reason: str | None, finding: Mapping[str, JsonValue] | None, suspicion: Suspicion) -> str:
    """Why, in the words of whoever found it out; or else what is bad."""
    if reason is not None:
        why = plain_text(reason, "reason", 2_000)
        if not why.strip():
            raise UnusableText(what="reason", why="it is empty")
        return why
    told = [value for key, value in (finding or {}).items() if key in _SENTENCES and isinstance(value, str)]
    return plain_text("; ".join(told or suspicion.said())[:2_000], "reason", 2_000)


_SENTENCES = ("reason", "signal", "what", "why", "description", "story", "summary", "note")
