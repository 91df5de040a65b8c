"""Thoughts, hypotheses, decisions and claims: keep them, and say what became of them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from goldfish.adapters.mcp.actions import Takes, fitting
from goldfish.adapters.mcp.answering import answer
from goldfish.adapters.mcp.answers import Kept
from goldfish.adapters.mcp.definitions import writes
from goldfish.adapters.mcp.desk import Call, Desk
from goldfish.adapters.mcp.parameters import CommandId, References, Workspace
from goldfish.api.answers import ThoughtAnswer
from goldfish.api.claims import ClaimAnswer
from goldfish.domain.notes import NoteKind
from goldfish.errors import WrongArguments

_KINDS: Final = {
    "thought": Takes(may=("about", "workspace", "command_id")),
    "hypothesis": Takes(may=("about", "workspace", "command_id")),
    "decision": Takes(may=("about", "workspace", "command_id", "because", "instead_of")),
    "claim": Takes(needs=("because",), may=("about", "workspace", "command_id", "instead_of", "measured")),
}
_MEASURED: Final = ("metric", "value", "deviation", "among")
_RESOLVED = Takes(needs=("note",), may=("text", "evidence", "command_id"))
_ACTIONS: Final = {
    "supported": _RESOLVED,
    "refuted": _RESOLVED,
    "abandoned": _RESOLVED,
    "amend": Takes(needs=("note", "text"), may=("about", "command_id")),
    "withdraw": Takes(needs=("note", "text"), may=("command_id",)),
}
_NOTE_BUDGET = 400
_CLAIM_BUDGET = 800


class ThoughtTools:
    """What agents write down."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """The definitions."""
        return [writes(self.log_thought), writes(self.update_thought, idempotent=True)]

    def log_thought(
        self,
        call: Call,
        text: Annotated[
            str,
            Field(
                min_length=1,
                max_length=20_000,
                description="'Above lr 0.3 the loss explodes within 5 epochs.'",
            ),
        ],
        kind: Annotated[
            NoteKind,
            Field(
                description="A hypothesis is open until update_thought; a decision stands until replaced; a claim says"
                " what runs show, and is held against noise."
            ),
        ] = "thought",
        about: Annotated[
            References, Field(max_length=200, description="What it is about: run-12, run-12/train, baseline@v3 …")
        ] = None,
        because: Annotated[
            References,
            Field(
                max_length=200,
                description='decision: what it rests on, e.g. ["run-12", "hypothesis-2"]. claim: its runs or groups.',
            ),
        ] = None,
        instead_of: Annotated[
            References,
            Field(
                max_length=200,
                description="decision: what was not chosen; an earlier decision ends. claim: the runs compared with.",
            ),
        ] = None,
        measured: Annotated[
            dict[str, JsonValue] | None,
            Field(
                max_length=4,
                description='claim: {"metric": "accuracy"}; against a number also "value" (a mean), "deviation" (over'
                ' seeds), "among" (how many).',
            ),
        ] = None,
        workspace: Workspace | None = None,
        command_id: CommandId = None,
    ) -> Annotated[CallToolResult, Kept]:
        """Keep something for later sessions: a thought (a surprise, a dead end, a plan), a hypothesis that runs are to
        test, a decision with what it rests on, or a claim: whether it is more than noise is answered at once. status,
        search and inspect show it again. Without `workspace` it belongs to the project.
        """
        given = {"about": about, "because": because, "instead_of": instead_of, "workspace": workspace}
        said = fitting("log_thought", kind, _KINDS, {**given, "measured": measured, "command_id": command_id})
        goldfish = self._desk.working(call)
        if kind == "claim":
            claimed = goldfish.log_claim(
                text,
                runs=because,
                against=instead_of,
                about=about,
                workspace=workspace,
                command_id=command_id,
                **_measured(measured),
            )
            return answer(Kept(**claimed.model_dump()), budget=_CLAIM_BUDGET, headline=_stands(claimed))
        if kind == "decision":
            return answer(Kept(**goldfish.log_decision(text, **said).model_dump()), budget=_NOTE_BUDGET)
        return answer(Kept(**goldfish.log_thought(text, kind=kind, **said).model_dump()), budget=_NOTE_BUDGET)

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


def _measured(given: dict[str, JsonValue] | None) -> dict[str, Any]:
    """What a claim compares, as the arguments of a claim; what these may be is checked there."""
    said = given or {}
    if unknown := [name for name in said if name not in _MEASURED]:
        why = [f"measured: {name[:40]} is none of {', '.join(_MEASURED)}" for name in unknown[:4]]
        raise WrongArguments(tool="log_thought", why=why)
    return dict(said)


def _stands(claimed: ClaimAnswer) -> str:
    if claimed.standing.established is None:
        return (
            f"{claimed.note} is kept. Whether it is more than noise is unknown: more seeds of either side would tell."
        )
    return (
        f"{claimed.note} is kept. Its numbers {'' if claimed.standing.established else 'do not '}show it beyond noise."
    )
