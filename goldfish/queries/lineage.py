"""Where something came from, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.findings import is_finding
from goldfish.domain.names import is_note, is_run, split_execution, split_version
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.lines import HEADLINES
from goldfish.queries.references import Reference, resolve
from goldfish.queries.steps import steps_from, steps_to
from goldfish.queries.warnings import Caution, warnings_of

Direction = Literal["up", "down", "both"]
NodeKind = Literal[
    "source",
    "version",
    "run",
    "execution",
    "output",
    "thought",
    "hypothesis",
    "claim",
    "decision",
    "finding",
    "elsewhere",
]

MOST = 500  # nodes in one answer


class Node(Value):
    """A source, a version, a run, an execution, an output or a note, and what came of it, metrics included.

    What is `elsewhere` is known by its name alone: data and runs that imported runs name.
    """

    id: str
    kind: NodeKind
    detail: str
    called: str | None = None  # where it was imported, its id there
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it


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
    """The part of the graph that leads to `ref`, from it, or both.

    `cut` says whether there is more, `limit` why it ends there: after so many steps, or so many nodes.
    """

    as_of: int
    ref: str
    direction: Direction
    nodes: list[Node]
    edges: list[Edge]
    tree: list[TreeLine]
    cut: bool
    limit: str | None = None


def lineage(view: View, ref: str, *, direction: Direction = "up", depth: int | None = None) -> Lineage:
    """What `ref` came from ("up"), what became of it ("down"), or both, over at most `depth` steps.

    A run stands for its stage executions too. Raises as `resolve`.
    """
    reference = resolve(view, ref)
    start = _start(view, reference)
    edges: dict[tuple[str, str, str], Edge] = {}
    limits = [
        limit
        for way in ("up", "down")
        if direction in (way, "both") and (limit := _close(view, start, way == "up", depth, edges)) is not None
    ]
    ids = {*start, *(edge.source for edge in edges.values()), *(edge.target for edge in edges.values())}
    return Lineage(
        as_of=view.position,
        ref=reference.id,
        direction=direction,
        nodes=_nodes(view, sorted(ids)),
        edges=list(edges.values()),
        tree=_tree(start, list(edges.values()), up=direction != "down"),
        cut=bool(limits),
        limit=limits[0] if limits else None,
    )


def _start(view: View, reference: Reference) -> list[str]:
    if reference.kind == "workspace":
        row = view.rows("SELECT workspace || '@v' || latest AS id FROM workspaces WHERE workspace = ?", reference.id)[0]
        return [row["id"]]
    if reference.kind == "run":
        begun = [row["target"] for row in steps_from(view, [reference.id]) if row["kind"] == "stage"]
        return [reference.id, *begun]
    return [reference.id]


def _close(
    view: View, start: Iterable[str], up: bool, depth: int | None, edges: dict[tuple[str, str, str], Edge]
) -> str | None:
    """Add every edge that can be reached; returns why it stopped before the end, if it did."""
    seen = set(start)
    frontier = sorted(seen)
    steps = 0
    while frontier:
        found = _up(view, frontier) if up else _down(view, frontier)
        if steps == depth:
            return f"{depth} step{'s' if depth != 1 else ''}" if found else None
        if len(seen) >= MOST:
            return f"{MOST} nodes" if found else None
        for edge in found:
            edges.setdefault((edge.source, edge.target, edge.kind), edge)
        new = {edge.source if up else edge.target for edge in found} - seen
        frontier = sorted(new)[: MOST - len(seen)]
        seen.update(frontier)
        if len(frontier) < len(new):
            return f"{MOST} nodes"
        steps += 1
    return None


def _up(view: View, nodes: list[str]) -> list[Edge]:
    return [_edge(row) for row in steps_to(view, nodes)]


def _down(view: View, nodes: list[str]) -> list[Edge]:
    """What came of nodes directly. What was made of an output goes on where it was taken over."""
    outputs = {node: execution for node in nodes if split_execution(execution := _written_by(node))}
    rows = steps_from(view, {*nodes, *outputs.values()})
    here = set(nodes)
    taken = [row for row in rows if row["kind"] == "reused" and row["source"] in outputs.values()]
    again = {
        f"{row['target']}.{output.removeprefix(execution)[1:]}": (output, row)
        for row in taken
        for output, execution in outputs.items()
        if execution == row["source"]
    }
    kept = {row["target"] for row in steps_to(view, again) if row["kind"] == "output"}
    found = [(row["position"], _edge(row)) for row in rows if row["source"] in here]
    found += [
        (row["position"], Edge(source=output, target=target, kind="reused"))
        for target, (output, row) in again.items()
        if target in kept
    ]
    return [edge for _, edge in sorted(found, key=lambda one: (one[0], one[1].target))]


def _written_by(node: str) -> str:
    """The execution that wrote an output: a stage has no dot in its name."""
    run, slash, rest = node.partition("/")
    return f"{run}/{rest.partition('.')[0]}" if slash and "." in rest else ""


def _edge(row: Row) -> Edge:
    return Edge(source=row["source"], target=row["target"], kind=row["kind"])


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


_OF_KIND: dict[NodeKind, str] = {
    "run": """
        SELECT run AS id, 'run' AS kind, coalesce(outcome, state) || ': ' || coalesce(description, '') AS detail,
               foreign_id AS called
        FROM runs WHERE run IN (SELECT unnest(?::VARCHAR[]))
    """,
    "execution": """
        SELECT execution AS id, 'execution' AS kind, coalesce(outcome, state) AS detail, NULL AS called FROM executions
        WHERE execution IN (SELECT unnest(?::VARCHAR[]))
    """,
    "output": """
        SELECT ref AS id, 'output' AS kind, digest AS detail, NULL AS called FROM outputs
        WHERE kind = 'output' AND ref IN (SELECT unnest(?::VARCHAR[]))
    """,
    "version": """
        SELECT version AS id, 'version' AS kind, message AS detail, NULL AS called FROM versions
        WHERE version IN (SELECT unnest(?::VARCHAR[]))
    """,
    "source": """
        SELECT ref AS id, 'source' AS kind, digest AS detail, NULL AS called FROM sources
        WHERE ref IN (SELECT unnest(?::VARCHAR[]))
    """,
    "thought": """
        SELECT note AS id, kind, state || ': ' || text AS detail, called FROM thoughts
        WHERE note IN (SELECT unnest(?::VARCHAR[]))
    """,
    "finding": """
        SELECT finding AS id, 'finding' AS kind, state || ': ' || reason AS detail, NULL AS called FROM findings
        WHERE finding IN (SELECT unnest(?::VARCHAR[]))
    """,
}


def _nodes(view: View, ids: list[str]) -> list[Node]:
    """What is known of nodes; only the tables are asked that can know of them."""
    by_kind: dict[NodeKind, list[str]] = {}
    for one in ids:
        by_kind.setdefault(_kind(one), []).append(one)
    found: dict[str, Row] = {}
    for kind, asked in _OF_KIND.items():
        if kind in by_kind:
            found.update((row["id"], row) for row in view.rows(asked, by_kind[kind]))
    results = _results(view, [one for one in by_kind.get("execution", []) if one in found])
    warned = warnings_of(view, ids)
    made = []
    for one in ids:
        row = found.get(one) or {"id": one, "kind": _kind(one), "detail": "not recorded here", "called": None}
        told = {**row, "detail": (row["detail"] or "") + results.get(one, "")}
        made.append(Node(**told, warnings=warned.get(one, [])))
    return made


def _results(view: View, executions: list[str]) -> dict[str, str]:
    rows = view.rows(
        """
        SELECT run, stage, metric, last FROM metrics
        WHERE run IN (SELECT unnest(?::VARCHAR[])) AND last_is_finite ORDER BY metric
        """,
        list({one.partition("/")[0] for one in executions}),
    )
    found: dict[str, list[str]] = {}
    for row in rows if executions else ():
        found.setdefault(f"{row['run']}/{row['stage']}", []).append(f"{row['metric']} {row['last']:.6g}")
    return {one: ": " + ", ".join(metrics[:HEADLINES]) for one, metrics in found.items()}


def _kind(node: str) -> NodeKind:
    """What a node can be, by its name."""
    if is_run(node):
        return "run"
    if is_note(node):
        return "thought"  # and its kind is asked
    if is_finding(node):
        return "finding"
    if split_execution(node):
        return "execution"
    if split_execution(_written_by(node)):
        return "output"
    if split_version(node):
        return "version"
    return "source" if "@r" in node and ":" not in node else "elsewhere"
