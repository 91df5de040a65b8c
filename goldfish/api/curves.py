"""The files in which metric points are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldfish.domain.names import Digest
from goldfish.errors import ArtifactMissing
from goldfish.projections.points import CURVES, Curve

if TYPE_CHECKING:
    from goldfish.ports import Artifacts
    from goldfish.projections.projector import View


@dataclass
class Curves:
    """The files that are there, and whose files are missing."""

    kept: list[Curve] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def curves(artifacts: Artifacts, view: View) -> Curves:
    """Every file of points that a view knows of."""
    found = Curves()
    for row in view.rows(CURVES):
        try:
            path = artifacts.path(Digest(row["digest"]))
        except ArtifactMissing:
            found.missing.append(f"{row['id']}/{row['stage']}".rstrip("/"))
        else:
            found.kept.append(Curve(row["id"], row["run"], row["stage"], path))
    return found
