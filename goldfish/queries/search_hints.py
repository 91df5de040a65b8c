"""What to try when a search finds nothing."""

from __future__ import annotations

from goldfish.domain.names import nearest
from goldfish.domain.search_grammar import Search
from goldfish.projections.projector import View

_NAMES = {
    "metric": ("metric", "SELECT DISTINCT metric AS name FROM metrics WHERE coalesce(metric = ?, true)"),
    "param": (
        "parameter",
        "SELECT DISTINCT name FROM params WHERE coalesce($1 IN (name, stage || '.' || name), true)",
    ),
}


def hints(view: View, asked: Search) -> list[str]:
    """One sentence for each metric and parameter of the search that no run has."""
    named = [(one.field, one.name) for one in asked.filters if one.name is not None]
    named += [("metric", asked.sort)] if asked.sort is not None else []
    made = []
    for field, name in dict.fromkeys(named):
        word, sql = _NAMES[field]
        if not view.rows(sql + " LIMIT 1", name):
            near = nearest(name, [row["name"] for row in view.rows(sql, None)])
            made.append(f"No run has the {word} {name}" + (f"; near: {', '.join(near)}." if near else "."))
    return made
