"""Lineage as text that other programs draw: Mermaid and Graphviz."""

from __future__ import annotations

from typing import Final

from goldfish.queries.lineage import Lineage, Node, NodeKind

_SHAPES: Final[dict[NodeKind, str]] = {
    "source": "cylinder",
    "elsewhere": "cylinder",
    "version": "note",
    "run": "box",
    "execution": "box",
    "output": "folder",
}


def to_mermaid(lineage: Lineage) -> str:
    """The graph as Mermaid text, for Markdown and web pages."""
    numbers = _numbers(lineage)
    nodes = [f'  {numbers[node.id]}["{_plain(_name(node))}"]' for node in lineage.nodes]
    edges = [f"  {numbers[edge.source]} -->|{edge.kind}| {numbers[edge.target]}" for edge in lineage.edges]
    bad = [numbers[node.id] for node in lineage.nodes if node.warnings]
    warned = ["  classDef warned stroke:#c00,stroke-width:3px", f"  class {','.join(bad)} warned"] if bad else []
    cut = [f"  %% cut after {lineage.limit}"] if lineage.limit else []
    return "\n".join(["flowchart LR", *nodes, *edges, *warned, *cut])


def to_dot(lineage: Lineage) -> str:
    """The graph as Graphviz text: `dot -Tsvg`."""
    numbers = _numbers(lineage)
    lines = ["digraph lineage {", "  rankdir=LR;", '  node [fontname="sans-serif", shape=ellipse];']
    for node in lineage.nodes:
        shape = _SHAPES.get(node.kind, "ellipse")
        color = ", color=red, penwidth=3" if node.warnings else ""
        lines.append(f'  {numbers[node.id]} [label="{_plain(_name(node))}", shape={shape}{color}];')
    lines += [f'  {numbers[edge.source]} -> {numbers[edge.target]} [label="{edge.kind}"];' for edge in lineage.edges]
    if lineage.limit:
        lines.append(f"  // cut after {lineage.limit}")
    return "\n".join([*lines, "}"])


def _numbers(lineage: Lineage) -> dict[str, str]:
    return {node.id: f"n{index}" for index, node in enumerate(lineage.nodes)}


def _name(node: Node) -> str:
    return f"{node.id} {node.called}" if node.called else node.id


def _plain(text: str) -> str:
    """Names come from pipelines and from elsewhere; here they are only letters."""
    return "".join(c if c.isalnum() or c in " @/._-" else "_" for c in text)
