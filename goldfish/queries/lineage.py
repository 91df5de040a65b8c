"""Where something came from, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from goldfish.domain.event import Value
from goldfish.projections.projector import View
from goldfish.queries.lines import HEADLINES
from goldfish.queries.references import Reference, resolve

Direction = Literal["up", "down", "both"]
NodeKind = Literal["source", "version", "run", "execution", "output", "thought", "hypothesis", "decision"]

MOST = 500  # nodes in one answer

_UP = "SELECT source, target, kind FROM edges WHERE target IN (SELECT unnest(?::VARCHAR[])) ORDER BY position, source"
_DOWN = """
    SELECT source, target, kind FROM (
        SELECT source, target, kind, position FROM edges WHERE source IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT given.ref, taken.ref, 'reused', taken.position FROM outputs given
        JOIN edges ON edges.kind = 'reused' AND edges.source = given.run || '/' || given.stage
        JOIN outputs taken ON taken.run || '/' || taken.stage = edges.target
            AND taken.name = given.name AND taken.kind = 'output'
        WHERE given.ref IN (SELECT unnest($1::VARCHAR[])) AND given.kind = 'output'
    ) ORDER BY position, target
"""


class Node(Value):
    """A source, a version, a run, an execution, an output or a note, and what came of it, metrics included."""

    id: str
    kind: NodeKind
    detail: str


class Edge(Value):
    """One step: `target` came from `source`."""

    source: str
    target: str
    kind: str


class TreeLine(Value):
    """A node in the tree of what it came from (or what came of it), which follows it with greater depth.

    `repeated` means that its own branches are shown at an earlier line.
    """

    depth: int
    id: str
    via: str | None
    repeated: bool


class Lineage(Value):
    """The part of the graph that leads to `ref`, from it, or both. `cut` says whether there is more."""

    as_of: int
    ref: str
    direction: Direction
    nodes: list[Node]
    edges: list[Edge]
    tree: list[TreeLine]
    cut: bool


def lineage(view: View, ref: str, *, direction: Direction = "up", depth: int | None = None) -> Lineage:
    """What `ref` came from ("up"), what became of it ("down"), or both, over at most `depth` steps.

    A run stands for its stage executions too. Raises as `resolve`.
    """
    reference = resolve(view, ref)
    start = _start(view, reference)
    edges: dict[tuple[str, str, str], Edge] = {}
    cut = False
    for way in ("up", "down"):
        if direction in (way, "both"):
            cut |= _close(view, start, way == "up", depth, edges)
    ids = {*start, *(edge.source for edge in edges.values()), *(edge.target for edge in edges.values())}
    return Lineage(
        as_of=view.position,
        ref=reference.id,
        direction=direction,
        nodes=_nodes(view, sorted(ids)),
        edges=list(edges.values()),
        tree=_tree(start, list(edges.values()), up=direction != "down"),
        cut=cut,
    )


def to_mermaid(lineage: Lineage) -> str:
    """The graph as Mermaid text, for Markdown and web pages."""
    numbers = {node.id: f"n{index}" for index, node in enumerate(lineage.nodes)}
    nodes = [f'  {numbers[node.id]}["{_plain(node.id)}"]' for node in lineage.nodes]
    edges = [f"  {numbers[edge.source]} -->|{edge.kind}| {numbers[edge.target]}" for edge in lineage.edges]
    return "\n".join(["flowchart LR", *nodes, *edges])


def _plain(text: str) -> str:
    """Names of outputs come from pipelines; here they are only letters."""
    return "".join(c if c.isalnum() or c in "@/._-" else "_" for c in text)


def _start(view: View, reference: Reference) -> list[str]:
    if reference.kind == "workspace":
        row = view.rows("SELECT workspace || '@v' || latest AS id FROM workspaces WHERE workspace = ?", reference.id)[0]
        return [row["id"]]
    if reference.kind == "run":
        asked = "SELECT execution FROM executions WHERE run = ? ORDER BY position"
        return [reference.id, *(row["execution"] for row in view.rows(asked, reference.id))]
    return [reference.id]


def _close(
    view: View, start: Iterable[str], up: bool, depth: int | None, edges: dict[tuple[str, str, str], Edge]
) -> bool:
    """Add every edge that can be reached; returns whether it stopped before the end."""
    asked = _UP if up else _DOWN
    seen = set(start)
    frontier = sorted(seen)
    steps = 0
    while frontier:
        if len(seen) >= MOST or steps == depth:
            return bool(view.rows(asked, frontier))
        found = [Edge.model_validate(row) for row in view.rows(asked, frontier)]
        for edge in found:
            edges.setdefault((edge.source, edge.target, edge.kind), edge)
        frontier = sorted({edge.source if up else edge.target for edge in found} - seen)[: MOST - len(seen)]
        seen.update(frontier)
        steps += 1
    return False


def _tree(start: list[str], edges: list[Edge], *, up: bool) -> list[TreeLine]:
    near: dict[str, list[tuple[str, str]]] = {}
    for edge in edges:
        here, there = (edge.target, edge.source) if up else (edge.source, edge.target)
        near.setdefault(here, []).append((there, edge.kind))
    seen: set[str] = set()
    lines: list[TreeLine] = []
    for root in reversed(start) if up else start:  # the last stage of a run came from the others
        waiting: list[tuple[int, str, str | None]] = [] if root in seen else [(0, root, None)]
        while waiting:
            depth, node, via = waiting.pop()
            repeated = node in seen and node in near
            lines.append(TreeLine(depth=depth, id=node, via=via, repeated=repeated))
            if node not in seen:
                seen.add(node)
                waiting.extend((depth + 1, there, kind) for there, kind in reversed(near.get(node, [])))
    return lines


def _nodes(view: View, ids: list[str]) -> list[Node]:
    rows = view.rows(
        """
        SELECT run AS id, 'run' AS kind, coalesce(outcome, state) || ': ' || coalesce(description, '') AS detail
        FROM runs WHERE run IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT execution, 'execution', coalesce(outcome, state) FROM executions
        WHERE execution IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT ref, 'output', digest FROM outputs WHERE kind = 'output' AND ref IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT version, 'version', message FROM versions WHERE version IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT ref, 'source', digest FROM sources WHERE ref IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT note, kind, state || ': ' || text FROM thoughts WHERE note IN (SELECT unnest($1::VARCHAR[]))
        """,
        ids,
    )
    results = _results(view, ids)
    found = {row["id"]: Node(**{**row, "detail": row["detail"] + results.get(row["id"], "")}) for row in rows}
    return [found.get(one) or Node(id=one, kind=_kind(one), detail="not recorded here") for one in ids]


def _results(view: View, executions: list[str]) -> dict[str, str]:
    rows = view.rows(
        """
        SELECT run || '/' || stage AS id, metric, last FROM metrics
        WHERE last_is_finite AND run || '/' || stage IN (SELECT unnest(?::VARCHAR[])) ORDER BY metric
        """,
        executions,
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(f"{row['metric']} {row['last']:.6g}")
    return {one: ": " + ", ".join(metrics[:HEADLINES]) for one, metrics in found.items()}


def _kind(node: str) -> NodeKind:
    if "/" in node:
        return "output" if "." in node.partition("/")[2] else "execution"
    return "version" if "@v" in node else "source"
