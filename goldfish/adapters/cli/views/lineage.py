"""Where something came from, as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.tree import Tree

from goldfish.adapters.cli.inert import shorten
from goldfish.adapters.cli.views.terminal import put, text
from goldfish.adapters.cli.views.wording import COLORS, digest

if TYPE_CHECKING:
    from rich.text import Text

    from goldfish.queries.lineage import Lineage, Node, TreeLine

DETAIL = 72  # characters


def tree(answer: Lineage) -> None:
    """Each node below what it led to, or what it came from."""
    nodes = {node.id: node for node in answer.nodes}
    roots: list[Tree] = []
    branch: list[Tree] = []
    for line in answer.tree:
        label = _label(line, nodes[line.id])
        del branch[line.depth :]
        if branch:
            branch.append(branch[-1].add(label))
        else:
            branch.append(Tree(label, guide_style="dim"))
            roots.append(branch[0])
    put(*roots)
    if answer.cut:
        click.echo(f"There is more: this ends after {answer.limit}. Ask with a greater --depth, or about one of these.")


def graph(answer: Lineage) -> None:
    """The same as a Mermaid graph."""
    from goldfish.queries.drawing import to_mermaid

    click.echo(to_mermaid(answer))


def dot(answer: Lineage) -> None:
    """The same for Graphviz."""
    from goldfish.queries.drawing import to_dot

    click.echo(to_dot(answer))


def _detail(given: str) -> str:
    return digest(given) if given.startswith("sha256:") else shorten(given, DETAIL)


def _label(line: TreeLine, node: Node) -> Text:
    label = text(f"{line.id} {node.called}" if node.called else line.id, "bold")
    if line.via:
        label = text(f"{line.via}: ", "dim") + label
    said = "as above" if line.repeated else _detail(node.detail)
    label += text(f"  {said}" if said else "", COLORS.get(said.partition(":")[0], "dim"))
    warned = ", ".join(one.finding for one in node.warnings)
    return label + text(f"  WARNING {warned}", "bold red") if warned else label
