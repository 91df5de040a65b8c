"""How what is bad spreads: along what was read, compared, decided and named, and along nothing else.

A run that only came later, or that has the same code, is not bad for that. Of a run that read something bad, the
stages that read it are bad and what they wrote; what its other stages wrote is not. So is work that was taken over
from it: only if it read what is bad, or the earlier work was bad in itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from goldfish.domain.names import is_run, split_execution
from goldfish.domain.suspicion import Suspicion
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.steps import steps_from, steps_to
from goldfish.queries.suspects import sound_runs

VERDICT = "#verdict"
"""After a run's name: what somebody said of it, which can be bad when the run is not."""

MOST = 5_000  # nodes that are looked at to tell whether something depends on what is bad

_HANDED_ON = ("output", "input", "reused", "promoted", "because", "evidence", "parent")


class Handed(NamedTuple):
    """One thing is bad if the other one is: how that comes."""

    source: str
    target: str
    kind: str


class Graph(Protocol):
    """What depends on what."""

    def onward(self, nodes: Sequence[str]) -> list[Handed]:
        """What depends directly on these, the earliest first."""

    def results_against(self, nodes: Sequence[str]) -> list[Handed]:
        """The results that are compared with these, by their specs."""


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


def spread(view: View, graph: Graph, spreading: Spread, suspicion: Suspicion) -> None:
    """Add all that depends on what is bad until now."""
    claims = _claims_elsewhere(view, suspicion.metrics)
    mended = set() if suspicion.inherited or not suspicion.builds_on else sound_runs(view, suspicion)
    frontier, asked = list(spreading.found), 0
    while frontier:
        handed = graph.onward(frontier)
        frontier = []
        for one in handed:
            stays = one.target in claims or _stays(one, spreading.found, suspicion, mended)
            if not stays and one.target not in spreading.found:
                spreading.found[one.target] = Step(one.source, one.kind)
                frontier.append(one.target)
        if not frontier and len(spreading.found) > asked:
            new = list(spreading.found)[asked:]
            asked = len(spreading.found)
            for one in graph.results_against(new):
                if one.target not in spreading.found:
                    spreading.found[one.target] = Step(one.source, one.kind)
                    frontier.append(one.target)


def _stays(one: Handed, found: dict[str, Step], suspicion: Suspicion, mended: set[str]) -> bool:
    """Whether a dependence does not hand on what is bad.

    A run may build on a bad one and be sound itself. And what took over the outputs of earlier work read the same
    bytes: they are as good as what it read itself, unless that work was bad for another reason than what it read.
    """
    if one.kind == "parent":
        return not suspicion.builds_on or one.target in mended
    step = found[one.source]
    return one.kind == "reused" and step.source is not None and step.kind not in ("reused", "code")


class Whole:
    """All that a view knows."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._named = named_by_tags(view)

    def onward(self, nodes: Sequence[str]) -> list[Handed]:
        """What depends directly on these."""
        here = set(nodes)
        made = [
            one
            for row in steps_from(self._view, {node.removesuffix(VERDICT) for node in nodes})
            for one in _handed(row)
            if one.source in here
        ]
        begun = steps_to(self._view, [node for node in nodes if split_execution(node)])
        made += [Handed(row["target"], row["source"], "stage") for row in begun if row["kind"] == "stage"]
        made += [one for one in self._named if one.source in here]
        return made + [one for one in made_baselines(self._view, nodes) if one.source in here]

    def results_against(self, nodes: Sequence[str]) -> list[Handed]:
        """The results that are compared with these, by their specs."""
        rows = self._view.rows(
            "SELECT DISTINCT baseline, run FROM results WHERE baseline IN (SELECT unnest(?::VARCHAR[])) ORDER BY run",
            [node for node in nodes if is_run(node) or "@v" in node],
        )
        return [Handed(row["baseline"], row["run"] + VERDICT, "against") for row in rows]


class Upstream:
    """All that some nodes depend on: enough to tell whether they are bad, however much else is."""

    def __init__(self, view: View, nodes: Iterable[str]) -> None:
        self._onward: dict[str, list[Handed]] = {}
        self.nodes: set[str] = set()
        tags = named_by_tags(view)
        frontier = set(nodes)
        while frontier and len(self.nodes) < MOST:
            self.nodes |= frontier
            handed = [one for row in steps_to(view, frontier) for one in _handed(row)]
            began = steps_from(view, [node for node in frontier if is_run(node)])
            handed += [Handed(row["target"], row["source"], "stage") for row in began if row["kind"] == "stage"]
            handed += [one for one in tags if one.target in frontier]
            handed += made_baselines(view, frontier, backward=True)
            for one in handed:
                self._onward.setdefault(one.source, []).append(one)
            frontier = {one.source.removesuffix(VERDICT) for one in handed} - self.nodes
        self._results = _specs_of(view, [node for node in self.nodes if is_run(node)])

    @property
    def runs(self) -> list[str]:
        """The runs among them, and those whose stages are."""
        found = {node.partition("/")[0] for node in self.nodes}
        return sorted(node for node in found if is_run(node))

    def onward(self, nodes: Sequence[str]) -> list[Handed]:
        """What depends directly on these."""
        return [one for node in nodes for one in self._onward.get(node, ())]

    def results_against(self, nodes: Sequence[str]) -> list[Handed]:
        """The results that are compared with these, by their specs."""
        return [one for node in nodes for one in self._results if one.source == node]


def _handed(row: Row) -> list[Handed]:
    """How an edge of lineage hands on what is bad."""
    source, target, kind = row["source"], row["target"], row["kind"]
    if kind == "against":
        return [Handed(source, target + VERDICT, kind)]
    if kind == "because" and target.startswith("decision-") and is_run(source):
        return [Handed(source, target, kind), Handed(source + VERDICT, target, kind)]
    if kind in _HANDED_ON or (kind == "instead-of" and target.startswith("claim-")):
        return [Handed(source, target, kind)]
    return []


def named_by_tags(view: View) -> list[Handed]:
    """What tags point to."""
    rows = view.rows("SELECT tag, target FROM tags ORDER BY position")
    return [Handed(row["target"], f"@{row['tag']}", "tag") for row in rows]


def made_baselines(view: View, nodes: Iterable[str], *, backward: bool = False) -> list[Handed]:
    """The decisions that made runs the baseline: of these runs, or these decisions."""
    column = "note" if backward else "run"
    asked = f"SELECT run, note FROM baselines WHERE {column} IN (SELECT unnest(?::VARCHAR[])) ORDER BY position"  # noqa: S608
    return [Handed(row["run"], row["note"], "baseline") for row in view.rows(asked, [*nodes])]


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
        return {(row["run"], row["stage"]) for row in rows}
    conditions = [one for all_of in suspicion.settings for one in all_of]
    if not conditions or any(one.test in ("absent", "off") for one in conditions):
        return None
    rows = view.rows(
        """
        SELECT DISTINCT run, stage FROM params WHERE run IN (SELECT unnest($1::VARCHAR[]))
        AND (name IN (SELECT unnest($2::VARCHAR[])) OR stage || '.' || name IN (SELECT unnest($2::VARCHAR[])))
        """,
        runs,
        [one.name for one in conditions],
    )
    return {(row["run"], row["stage"]) for row in rows}


def _claims_elsewhere(view: View, metrics: list[str]) -> set[str]:
    """Where only some metrics are wrong: the claims that say they are about another one."""
    if not metrics:
        return set()
    rows = view.rows(
        """
        SELECT note FROM thoughts
        WHERE kind = 'claim' AND (measured->>'$.metric') NOT IN (SELECT unnest(?::VARCHAR[]))
        """,
        metrics,
    )
    return {row["note"] for row in rows}


def _specs_of(view: View, runs: list[str]) -> list[Handed]:
    rows = view.rows(
        """
        SELECT DISTINCT baseline, run FROM results
        WHERE baseline IS NOT NULL AND run IN (SELECT unnest(?::VARCHAR[])) ORDER BY run
        """,
        runs,
    )
    return [Handed(row["baseline"], row["run"] + VERDICT, "against") for row in rows]
