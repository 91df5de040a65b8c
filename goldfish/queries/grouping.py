"""Groups: runs that somebody put together under a name, like the seeds of one configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from goldfish.domain.names import is_run, nearest
from goldfish.errors import AmbiguousReference, UnknownGroup, UnknownReference
from goldfish.projections.projector import View
from goldfish.queries.references import Kind, resolve

PREFIX = "group:"
MOST_RUNS = 1_000  # runs of a group that are looked at, the newest ones


@dataclass(frozen=True, slots=True)
class OneOrGroup:
    """What a reference names: one thing by its full name, or a group by its own."""

    kind: Kind | Literal["group"]
    id: str


def one_or_group(view: View, given: str) -> OneOrGroup:
    """As `resolve`, where a plain name may also be that of a group; `group:NAME` always is.

    Raises `UnknownGroup`, `AmbiguousReference` for a name that is also that of something else, and as `resolve`.
    """
    if given.startswith(PREFIX):
        return OneOrGroup("group", _group(view, given.removeprefix(PREFIX)))
    if is_run(given) or "@" in given or not _is_group(view, given):
        return _one(view, given)
    try:
        other = resolve(view, given)
    except UnknownReference:
        return OneOrGroup("group", given)
    shown = _latest(view, other.id) if other.kind == "workspace" else other.id
    names = (f"{PREFIX}{given}", shown)
    raise AmbiguousReference(given=given, candidates=" and ".join(names), near=names)


def group_names(view: View) -> list[str]:
    """All groups, those with the newest runs first."""
    rows = view.rows(
        "SELECT run_group FROM configurations WHERE run_group IS NOT NULL "
        "GROUP BY run_group ORDER BY max(position) DESC"
    )
    return [row["run_group"] for row in rows]


def _one(view: View, given: str) -> OneOrGroup:
    try:
        found = resolve(view, given)
    except UnknownReference as refusal:
        groups = nearest(given, group_names(view))
        if not groups:
            raise
        raise UnknownReference(given=given, near=(*groups, *refusal.near)[:3]) from refusal
    return OneOrGroup(found.kind, found.id)


def _group(view: View, name: str) -> str:
    if not _is_group(view, name):
        known = group_names(view)
        raise UnknownGroup(given=name, near=[f"{PREFIX}{one}" for one in nearest(name, known)])
    return name


def _is_group(view: View, name: str) -> bool:
    return view.row("SELECT run FROM configurations WHERE run_group = ? LIMIT 1", name) is not None


def _latest(view: View, workspace: str) -> str:
    row = view.row("SELECT workspace || '@v' || latest AS id FROM workspaces WHERE workspace = ?", workspace)
    return str(row["id"]) if row else workspace
