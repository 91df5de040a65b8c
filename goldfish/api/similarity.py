"""Was anything like this tried before?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import JsonValue

from goldfish.api.core import Core
from goldfish.domain.json_values import json_problem
from goldfish.domain.names import nearest, plain_text
from goldfish.errors import NoIdea, UnknownReference, UnusableArgument, UnusableText

if TYPE_CHECKING:
    from goldfish.domain.moments import When
    from goldfish.projections.projector import View
    from goldfish.queries.similarity.answer import Similar

LONGEST = 10_000  # characters of an idea
MOST = 1_000  # settings


class SimilarityQuestions(Core):
    """What people and agents ask before they begin."""

    def similar(
        self,
        text: str = "",
        *,
        config: Mapping[str, JsonValue] | None = None,
        before: When | None = None,
        exclude: Sequence[str] = (),
        limit: int = 5,
        as_of: When | None = None,
    ) -> Similar:
        """The earlier experiments most like a sentence, a config, or both, with what became of them. It only informs.

        `before` is a moment: only what was known before it; `as_of` one with what was known then. `exclude` are
        experiments to leave out, with all rounds of the same item. Raises `NoIdea`, and as references and moments do.
        """
        from goldfish.domain.stems import stems
        from goldfish.queries.differing import flat
        from goldfish.queries.similarity.similar import Idea, similar

        said = plain_text(text, "idea", LONGEST)
        problem = json_problem(dict(config or {}))
        settings = flat(config or {}) if problem is None else {}
        if problem is not None or len(settings) > MOST:
            raise UnusableText(what="config", why=problem or f"it has {len(settings)} settings, more than {MOST}")
        if not stems(said) and not any(stems(name) for name in settings):
            raise NoIdea()
        left_out = {name for one in exclude for name in self._rounds(one)}
        if before is not None and as_of is not None:
            needed = "left out where as_of is given"
            raise UnusableArgument(argument="before", call="similar", given=str(before), needed=needed)
        view = self.view(as_of) if as_of is not None else self._view_before(before)
        return similar(view, Idea(said, settings), exclude=left_out, limit=limit)

    def _view_before(self, before: When | None) -> View:
        """What was known before a moment: neither its own event nor anything of that very time; before a day began."""
        if before is None:
            return self.view()
        from goldfish.domain.moments import is_day, read_moment

        began = f"{before}T00:00" if isinstance(before, str) and is_day(before) else before
        moment = read_moment(began, self.services.clock.now())
        if isinstance(moment, datetime):
            return self.services.projector.at(moment - timedelta(microseconds=1))
        return self.services.projector.at(moment - 1)

    def _rounds(self, ref: str) -> list[str]:
        """The run that is meant, and its item."""
        from goldfish.queries.references import resolve

        view = self.services.projector.at()
        found = resolve(view, ref)
        if found.kind != "run":
            recent = view.rows("SELECT coalesce(foreign_id, run) AS id FROM runs ORDER BY position DESC LIMIT 200")
            raise UnknownReference(given=ref, near=nearest(ref, [row["id"] for row in recent]))
        row = view.rows("SELECT system, item FROM runs WHERE run = ?", found.id)[0]
        return [found.id, f"{row['system']} {row['item']}"] if row["item"] else [found.id]
