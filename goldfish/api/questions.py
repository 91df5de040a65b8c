"""Use cases that only look: each answer is of one position, which it carries as `as_of`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from goldfish.api.core import Core

if TYPE_CHECKING:  # each question imports only its own query, so that `goldfish status` starts fast
    from goldfish.api.answers import ReadModelsCheck
    from goldfish.domain.moments import When
    from goldfish.domain.notes import NoteKind, NoteState
    from goldfish.queries.history import History
    from goldfish.queries.lineage import Direction, Lineage
    from goldfish.queries.results import Results
    from goldfish.queries.show import Story
    from goldfish.queries.sources import Sources
    from goldfish.queries.status_lines import Status
    from goldfish.queries.thoughts import Thoughts


class Questions(Core):
    """What people and agents ask. `as_of` is a position or a time: the answer is what was known then."""

    def status(self, *, since: int | None = None, as_of: When | None = None, budget: int | None = None) -> Status:
        """One answer to go on from, the most needed first, in at most `budget` tokens: 2,000 unless told otherwise.

        With `since`, what happened after that position too. Raises `BudgetTooSmall` where not even the goal fits.
        """
        from goldfish.domain.tokens import DEFAULT, MOST

        room = DEFAULT if budget is None else min(budget, MOST)
        plain = since is None and as_of is None and room == DEFAULT
        if plain and (kept := self.services.kept_status()) is not None:
            return kept
        from goldfish.queries.status import status

        answer = status(self.view(as_of), since=since, budget=room)
        if plain:
            self.services.keep_status(answer)
        return answer

    def history(
        self,
        *,
        workspace: str | None = None,
        stage: str | None = None,
        outcome: str | None = None,
        group: str | None = None,
        sort: str | None = None,
        limit: int = 20,
        before: int | None = None,
        since: int | None = None,
        as_of: When | None = None,
    ) -> History:
        """Runs, newest first, or by a metric ("loss", "-loss"); `before` is the cursor that a longer answer gives."""
        from goldfish.queries.history import history

        name = self.look(workspace, deleted_too=True).name if workspace is not None else None
        view = self.view(as_of)
        return history(
            view,
            workspace=name,
            stage=stage,
            outcome=outcome,
            group=group,
            sort=sort,
            limit=limit,
            before=before,
            since=since,
        )

    def thoughts(
        self,
        *,
        search: str | None = None,
        kind: NoteKind | None = None,
        state: NoteState | None = None,
        about: str | None = None,
        workspace: str | None = None,
        since: int | None = None,
        limit: int = 20,
        before: int | None = None,
        as_of: When | None = None,
    ) -> Thoughts:
        """Thoughts, hypotheses and decisions: those that fit words best, or the newest; `before` is the cursor."""
        from goldfish.domain.names import plain_text
        from goldfish.queries.references import resolve
        from goldfish.queries.thoughts import thoughts

        words = plain_text(search, "search", 1_000) if search is not None else None
        name = self.look(workspace).name if workspace is not None else None
        view = self.view(as_of)
        found = resolve(view, about) if about is not None else None
        whole = found is not None and found.kind == "source" and "@" not in (about or "")
        ref = about if found is None or whole else found.id  # the name of a source means all its revisions
        return thoughts(
            view,
            search=words,
            kind=kind,
            state=state,
            about=ref,
            workspace=name,
            since=since,
            limit=limit,
            before=before,
        )

    def show(self, ref: str, *, pruned: bool = False, as_of: When | None = None) -> Story:
        """The whole story of a run, an execution, a workspace, a version or a source."""
        from goldfish.queries.show import show

        return show(self.view(as_of), ref, pruned=pruned)

    def sources(self, *, retired: bool = False, since: int | None = None, as_of: When | None = None) -> Sources:
        """The sources in use that changed after `since`, newest first; with `retired` those that are not, too."""
        from goldfish.queries.sources import sources

        return sources(self.view(as_of), retired=retired, since=since)

    def results(
        self,
        workspace: str | None = None,
        *,
        limit: int = 20,
        before: int | None = None,
        since: int | None = None,
        trend: bool = False,
        as_of: When | None = None,
    ) -> Results:
        """What runs achieved, newest first, beside their baselines and what came before; with `trend`, how it goes on.

        `before` is the cursor that a longer answer gives.
        """
        from goldfish.queries.results import results

        name = self.look(workspace).name if workspace is not None else None
        return results(self.view(as_of), name, limit=limit, before=before, since=since, trend=trend)

    def lineage(
        self, ref: str, *, direction: Direction = "up", depth: int | None = None, as_of: When | None = None
    ) -> Lineage:
        """What something came from, or what became of it."""
        from goldfish.queries.lineage import lineage

        return lineage(self.view(as_of), ref, direction=direction, depth=depth)

    def rebuild(self, on_progress: Callable[[str, int, int], None] | None = None) -> int:
        """Make every read model anew from the log; returns the position it shows. So is the text index, when asked.

        `on_progress` is told what is read or made, how many are done, and of how many.
        """
        self.services.text_index.throw_away()
        return self.services.projector.rebuild(on_progress)

    def check_read_models(self, on_progress: Callable[[str, int, int], None] | None = None) -> ReadModelsCheck:
        """Compare every read model, row by row, with what the log alone gives; nothing is changed by it."""
        from goldfish.api.answers import ReadModelCheck, ReadModelsCheck

        found = self.services.projector.check(on_progress)
        tables = [
            ReadModelCheck(name=table.name, rows=table.rows, differences=table.differing, first=table.key)
            for table in found.relations
        ]
        return ReadModelsCheck(as_of=found.position, same=found.is_sound, tables=tables, unreadable=found.unreadable)
