"""Thoughts, hypotheses and decisions: keep them, say what became of them, find them again."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Noted
from goldfish.adapters.mcp.budget import DEFAULT, Cutting
from goldfish.adapters.mcp.definitions import reads, writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import AsOf, Budget, CommandId, References, Since, Workspace
from goldfish.api.answers import ThoughtAnswer
from goldfish.domain.notes import NoteKind, NoteState

_NOTES = Cutting(how={"notes": "thoughts(before=MORE)"}, pages="notes")
_KINDS: Final = {
    "thought": Takes(may=("about", "workspace", "command_id")),
    "hypothesis": Takes(may=("about", "workspace", "command_id")),
    "decision": Takes(may=("about", "workspace", "command_id", "because", "instead_of")),
}
_RESOLVED = Takes(needs=("note",), may=("text", "evidence", "command_id"))
_ACTIONS: Final = {
    "supported": _RESOLVED,
    "refuted": _RESOLVED,
    "abandoned": _RESOLVED,
    "amend": Takes(needs=("note", "text"), may=("about", "command_id")),
    "withdraw": Takes(needs=("note", "text"), may=("command_id",)),
}
_NOTE_BUDGET = 400


class ThoughtTools:
    """What agents write down."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.log_thought), writes(self.update_thought, idempotent=True), reads(self.thoughts)]

    def log_thought(
        self,
        call: Call,
        text: Annotated[
            str,
            Field(
                min_length=1,
                max_length=20_000,
                description="E.g. 'Above lr 0.3 the loss explodes within 5 epochs; warmup before going higher.'",
            ),
        ],
        kind: Annotated[
            NoteKind, Field(description="A hypothesis is open until update_thought; a decision stands until replaced.")
        ] = "thought",
        about: Annotated[
            References, Field(max_length=200, description="What it is about: run-12, run-12/train, baseline@v3 …")
        ] = None,
        because: Annotated[
            References,
            Field(max_length=200, description='decision: what it rests on, e.g. ["run-12", "hypothesis-2"].'),
        ] = None,
        instead_of: Annotated[
            References, Field(max_length=200, description="decision: what was not chosen; an earlier decision ends.")
        ] = None,
        workspace: Workspace | None = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, ThoughtAnswer]:
        """Keep something for later sessions: a thought (a surprise, a dead end, a plan), a hypothesis that runs are to
        test, or a decision with what it rests on. status and inspect show it again. Without `workspace` it belongs to
        the project.
        """
        given = {"about": about, "because": because, "instead_of": instead_of, "workspace": workspace}
        said = fitting("log_thought", kind, _KINDS, {**given, "command_id": command_id})
        goldfish = self._desk.working(call)
        if kind == "decision":
            return answer(goldfish.log_decision(text, **said), budget=_NOTE_BUDGET)
        return answer(goldfish.log_thought(text, kind=kind, **said), budget=_NOTE_BUDGET)

    def update_thought(
        self,
        call: Call,
        note: Annotated[str, Field(max_length=200, description="hypothesis-2, decision-3 or thought-7.")],
        action: Annotated[
            Literal["supported", "refuted", "abandoned", "amend", "withdraw"],
            Field(description="The first three resolve a hypothesis; amend: other words; withdraw: it holds no more."),
        ],
        text: Annotated[
            str | None, Field(max_length=20_000, description="Why; for amend the new words. amend, withdraw need it.")
        ] = None,
        evidence: Annotated[
            References, Field(max_length=200, description='What shows it: ["run-12", "run-13/evaluate"].')
        ] = None,
        about: Annotated[References, Field(max_length=200, description="amend: what it is about instead.")] = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, ThoughtAnswer]:
        """Resolve a hypothesis when runs have shown it right or wrong: update_thought(note="hypothesis-2",
        action="refuted", text="…", evidence=["run-12"]). Or put a note into other words, or take a thought or decision
        back. Earlier words stay in the ledger.
        """
        given = {"note": note, "text": text, "evidence": evidence, "about": about, "command_id": command_id}
        fitting("update_thought", action, _ACTIONS, given)
        goldfish = self._desk.working(call)
        if action == "amend":
            done = goldfish.amend_note(note, text or "", about=about, command_id=command_id)
        elif action == "withdraw":
            done = goldfish.withdraw_note(note, text or "", command_id=command_id)
        else:
            done = goldfish.resolve_hypothesis(note, action, text, evidence=evidence, command_id=command_id)
        return answer(done, budget=_NOTE_BUDGET)

    def thoughts(
        self,
        call: Call,
        search: Annotated[
            str | None, Field(max_length=1000, description="Words: those that hold most of them come first.")
        ] = None,
        kind: Annotated[NoteKind | None, Field(description="Only these.")] = None,
        state: Annotated[
            NoteState | None,
            Field(description="open: hypotheses not resolved. standing: decisions that hold. kept: thoughts."),
        ] = None,
        about: Annotated[
            str | None, Field(max_length=200, description="About this or a part of it: run-12, baseline, digits.")
        ] = None,
        workspace: Workspace | None = None,
        since: Since = None,
        limit: Annotated[int, Field(ge=1, le=200, description="Most notes.")] = 20,
        before: Annotated[int | None, Field(ge=0, description="The `more` of a page: asks for the next one.")] = None,
        as_of: AsOf = None,
        budget: Budget = DEFAULT,
    ) -> Annotated[CallToolResult, Noted]:
        """Find thoughts, hypotheses and decisions, newest first: thoughts(search="learning rate"),
        thoughts(kind="hypothesis", state="open"). Look before you decide something that was decided.
        """
        found = self._desk.reading(call).thoughts(
            search=search,
            kind=kind,
            state=state,
            about=about,
            workspace=workspace,
            since=since,
            limit=limit,
            before=before,
            as_of=as_of,
        )
        headline = None if found.notes else "Nothing of this was written down."
        return answer(Noted(**found.model_dump()), budget=budget, cutting=_NOTES, headline=headline)
