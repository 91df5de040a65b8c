"""How claims stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert

if TYPE_CHECKING:
    from goldfish.domain.samples import Sample
    from goldfish.queries.claims import ClaimStanding


def standing(found: ClaimStanding) -> None:
    """Each metric of a claim, and whether it is established."""
    for one in found.compared:
        said = one.contrast.sentence if one.contrast is not None else "nobody knows which way is better"
        click.echo(f"  {inert(one.metric)}: {_side(one.runs)} against {_side(one.against)}: {said}")
    if not found.compared:
        click.echo("  No metric of both sides can be compared.")


def _side(side: Sample) -> str:
    spread = f" ± {side.sd:.2g}" if side.sd is not None else ""
    return f"{side.mean:.6g}{spread} ({side.n} run{'s' if side.n > 1 else ''})"
