"""Searching all that was said, and the runs by what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from goldfish.api.core import Core
from goldfish.domain.names import plain_text

if TYPE_CHECKING:
    from goldfish.domain.moments import When
    from goldfish.domain.search_grammar import SearchKind
    from goldfish.queries.search import SearchAnswer


class SearchQuestions(Core):
    """What people and agents look for."""

    def search(
        self,
        text: str,
        *,
        kinds: Sequence[SearchKind] = (),
        limit: int = 20,
        before: int | None = None,
        since: int | None = None,
        as_of: When | None = None,
    ) -> SearchAnswer:
        """What fits words and filters best: 'warm-up "learning rate" lr=3e-4 status:failed metric:accuracy>0.9'.

        Without words, runs (or what `kinds` name), newest first. `before` is the cursor that a longer answer gives;
        `since` a position: only what was said after it. Raises `UnknownFilter`, `MalformedSearch`, `SearchUnavailable`.
        """
        from goldfish.domain.search_grammar import LONGEST
        from goldfish.queries.search import search

        asked = plain_text(text, "search", LONGEST)
        view = self.view(as_of)
        return search(view, self.services.text_index, asked, kinds=kinds, limit=limit, before=before, since=since)
