"""Use cases around what the project is for: goals, and what nobody is to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.api.code_answers import GoalAnswer, InvariantAnswer
from goldfish.api.core import Core
from goldfish.application import Session
from goldfish.domain.names import plain_text
from goldfish.domain.projects import Project
from goldfish.errors import UnusableText

if TYPE_CHECKING:
    from goldfish.domain.moments import When
    from goldfish.queries.invariants import InvariantLine


class AimCommands(Core):
    """What people and agents say about the project as a whole."""

    def set_goal(self, goal: str, *, workspace: str | None = None, command_id: str | None = None) -> GoalAnswer:
        """Change what the project, or a workspace, is for. An empty text takes the goal away."""
        goal = plain_text(goal, "goal", 2000)

        def aim(session: Session) -> None:
            if workspace is None:
                self.put(session, session.project(), lambda p: p.set_goal(goal))
            else:
                self.put(session, self.workspace(session, workspace), lambda w: w.set_goal(goal))

        request = {"goal": goal} if workspace is None else {"goal": goal, "workspace": workspace}
        receipt = self.execute(aim, request, command_id)
        self.write_state()
        name = self.look(workspace, deleted_too=True).name if workspace is not None else None
        return GoalAnswer(
            workspace=name, goal=goal or None, position=receipt.events[-1].position if receipt.events else None
        )

    def add_invariant(self, text: str, *, command_id: str | None = None) -> InvariantAnswer:
        """Say what nobody is to change. What is said already keeps its number."""
        text = plain_text(text, "invariant", 2000).strip()
        if not text:
            raise UnusableText(what="invariant", why="it is empty")

        def add(session: Session) -> None:
            self.put(session, session.project(), lambda p: p.add_invariant(text))

        receipt = self.execute(add, {"invariant": text}, command_id)
        self.write_state()
        added = receipt.first(Project.InvariantAdded)
        if added is not None:
            return InvariantAnswer(number=added.number, text=added.text, position=receipt.events[0].position)
        known = Session(self.application.journal).project().invariants
        number = next(number for number, said in known.items() if said == text)
        return InvariantAnswer(number=number, text=text, position=None)

    def retire_invariant(self, number: int, reason: str, *, command_id: str | None = None) -> InvariantAnswer:
        """Let it be changed from now on. Raises `UnknownInvariant`."""
        reason = plain_text(reason, "reason", 2000)

        def retire(session: Session) -> None:
            self.put(session, session.project(), lambda p: p.retire_invariant(number, reason))

        receipt = self.execute(retire, {"retire": number, "reason": reason}, command_id)
        self.write_state()
        text = next(line.text for line in self.invariants(retired=True) if line.number == number)
        return InvariantAnswer(number=number, text=text, retired=reason, position=receipt.events[0].position)

    def invariants(self, *, retired: bool = False, since: int = 0, as_of: When | None = None) -> list[InvariantLine]:
        """What nobody is to change, put in force after `since`; with `retired` also what may be changed again."""
        from goldfish.queries.invariants import invariant_lines

        return invariant_lines(self.view(as_of), retired=retired, since=since)
