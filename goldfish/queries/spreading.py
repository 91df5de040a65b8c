"""How what is bad spreads: along what was read, compared, decided and named, and along nothing else.

A run that only came later, or that has the same code, is not bad for that. Of a run that read something bad, the
stages that read it are bad and what they wrote; what its other stages wrote is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from goldfish.domain.suspicion import Suspicion
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.suspects import sound_runs

VERDICT = "#verdict"
"""After a run's name: what somebody said of it, which can be bad when the run is not."""

_ONWARD = """
    WITH bad AS (
        SELECT unnest($1::VARCHAR[]) AS node
    ), steps AS (
        SELECT source, target, kind, position FROM edges
        WHERE source IN (FROM bad) AND kind IN ('output', 'input', 'reused', 'promoted', 'because', 'evidence')
        UNION ALL
        SELECT source, target, kind, position FROM edges
        WHERE kind = 'instead-of' AND starts_with(target, 'claim-') AND source IN (FROM bad)
        UNION ALL
        SELECT target, source, 'stage', position FROM edges WHERE kind = 'stage' AND target IN (FROM bad)
        UNION ALL
        SELECT source, target, kind, position FROM edges WHERE kind = 'parent' AND $2 AND source IN (FROM bad)
        UNION ALL
        SELECT source, target || '#verdict', kind, position FROM edges
        WHERE kind = 'against' AND source IN (FROM bad)
        UNION ALL
        SELECT edges.source || '#verdict', edges.target, edges.kind, edges.position FROM edges
        WHERE kind = 'because' AND starts_with(target, 'decision-') AND source || '#verdict' IN (FROM bad)
        UNION ALL
        SELECT baselines.run, baselines.note, 'baseline', position FROM baselines WHERE baselines.run IN (FROM bad)
        UNION ALL
        SELECT target, '@' || tag, 'tag', position FROM tags WHERE target IN (FROM bad)
    )
    SELECT * FROM steps ORDER BY position, target
"""


@dataclass(frozen=True, slots=True)
class Step:
    """How something became bad: by which thing that was bad before, along which kind of dependence.

    Without such a thing `kind` says in words what is bad about it in itself.
    """

    source: str | None
    kind: str


@dataclass
class Spread:
    """What is bad, and how it became so: first what is bad in itself, then step by step what depends on it."""

    found: dict[str, Step] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)  # claims that may be bad

    def begin(self, nodes: Iterable[str], step: Step) -> None:
        """Things that are bad in themselves."""
        for node in nodes:
            self.found.setdefault(node, step)


def spread(view: View, spreading: Spread, suspicion: Suspicion) -> None:
    """Add all that depends on what is bad until now."""
    frontier = list(spreading.found)
    claims = _claims_elsewhere(view, suspicion.metrics)
    mended = set() if suspicion.inherited or not suspicion.builds_on else sound_runs(view, suspicion)
    while frontier:
        rows = view.rows(_ONWARD, frontier, suspicion.builds_on)
        fresh: dict[str, Step] = {}
        for row in rows:
            target = row["target"]
            if row["kind"] == "parent" and target in mended:
                continue
            if target not in spreading.found and target not in claims:
                fresh.setdefault(target, Step(row["source"], row["kind"]))
        spreading.found.update(fresh)
        frontier = list(fresh)


def executions_of(view: View, runs: list[str], suspicion: Suspicion) -> list[str]:
    """The stage executions that are bad because their run is: those that the suspicion is about.

    A metric that was computed wrongly spoils no output.
    """
    if not runs or (suspicion.metrics and not suspicion.scores):
        return []
    rows = view.rows(
        "SELECT run, execution, stage FROM executions WHERE run IN (SELECT unnest(?::VARCHAR[])) ORDER BY position",
        runs,
    )
    touched = _stages(view, runs, suspicion)
    return [row["execution"] for row in rows if touched is None or (row["run"], row["stage"]) in touched]


def _stages(view: View, runs: list[str], suspicion: Suspicion) -> set[tuple[str, str]] | None:
    """The stages that read what is suspected, or have a setting that is; None for all."""
    if suspicion.inputs:
        rows = view.rows(
            """
            SELECT DISTINCT run, stage FROM inputs WHERE run IN (SELECT unnest($1::VARCHAR[])) AND (
                name IN (SELECT unnest($2::VARCHAR[])) OR split_part(ref, '@', 1) IN (SELECT unnest($2::VARCHAR[]))
                OR ref IN (SELECT unnest($2::VARCHAR[]))
                OR len([1 FOR known IN $3::VARCHAR[] IF starts_with(replace(digest, 'sha256:', ''), known)]) > 0)
            """,
            runs,
            [one.name for one in suspicion.inputs if one.name],
            [one.digest.removeprefix("sha256:") for one in suspicion.inputs if one.digest],
        )
    elif suspicion.settings:
        names = [one.name for all_of in suspicion.settings for one in all_of]
        rows = view.rows(
            """
            SELECT DISTINCT run, stage FROM params WHERE run IN (SELECT unnest($1::VARCHAR[]))
            AND (name IN (SELECT unnest($2::VARCHAR[])) OR stage || '.' || name IN (SELECT unnest($2::VARCHAR[])))
            """,
            runs,
            names,
        )
        if any(one.test in ("absent", "off") for all_of in suspicion.settings for one in all_of):
            return None
    else:
        return None
    return {(row["run"], row["stage"]) for row in rows}


def _claims_elsewhere(view: View, metrics: list[str]) -> set[str]:
    """Where only some metrics are wrong: the claims that say they are about another one."""
    if not metrics:
        return set()
    rows: list[Row] = view.rows(
        """
        SELECT note FROM thoughts
        WHERE kind = 'claim' AND (measured->>'$.metric') NOT IN (SELECT unnest(?::VARCHAR[]))
        """,
        metrics,
    )
    return {row["note"] for row in rows}
