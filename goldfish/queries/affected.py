"""What a suspicion spoils: what is bad in itself, and all that depends on it."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.findings import is_finding
from goldfish.domain.names import is_note, is_run, split_version
from goldfish.domain.suspicion import CodeIs, InputIs, Suspicion
from goldfish.projections.projector import View
from goldfish.queries.claims import compared_with, within_noise
from goldfish.queries.references import resolve
from goldfish.queries.replaced_baselines import compared_with_replaced
from goldfish.queries.spreading import VERDICT, Spread, Step, Upstream, Whole, executions_of, spread
from goldfish.queries.suspects import suspected_runs

AffectedKind = Literal["run", "verdict", "claim", "decision", "hypothesis", "thought", "source", "version", "tag"]

NAMED = "named as bad"

_WHY = {
    "parent": "builds on {source}",
    "against": "what was said of it compares with {source}",
    "instead-of": "compares with {source}",
    "evidence": "is shown by {source}",
    "because": "rests on {source}",
    "baseline": "makes {source} what others are compared with",
    "tag": "points to {source}",
    "promoted": "is {source}",
    "stage": "{source} is bad",
    "input": "read {source}",
    "reused": "took over the outputs of {source}",
    "output": "was written by {source}",
    "bytes": "read {source}, or the same bytes",
    "code": "ran {source}, or the same code",
}


class AffectedLine(Value):
    """One thing that is affected. `id` is what people call it: where it was imported, its id there.

    `via` is the thing that it depends on, None where it is bad in itself.
    """

    id: str
    ref: str
    kind: AffectedKind
    why: str
    via: str | None


class Affected(Value):
    """All that is affected, what is bad in itself first, then in the order in which one depends on the other.

    `unsure` are claims of which nobody knows whether they are more than noise. `understood` says what was looked for,
    `not_understood` which parts of what was given were not used.
    """

    as_of: int
    finding: str | None = None
    reason: str | None = None
    affected: list[str]
    why: dict[str, str]
    lines: list[AffectedLine]
    counts: dict[str, int]
    unsure: list[str] = Field(default_factory=list)
    understood: list[str] = Field(default_factory=list)
    not_understood: list[str] = Field(default_factory=list)


def affected(view: View, suspicion: Suspicion) -> Affected:
    """Everything that is bad by a suspicion, and everything that depends on it."""
    found, unsure = spoiled(view, suspicion)
    names = called(view, found)
    lines = [line for node in found if (line := _line(node, found, names)) is not None]
    return Affected(
        as_of=view.position,
        affected=list(dict.fromkeys(line.id for line in lines)),
        why={line.id: line.why for line in reversed(lines)},
        lines=lines,
        counts=dict(Counter(line.kind for line in lines)),
        unsure=[names.get(claim, claim) for claim in unsure],
        understood=suspicion.said(),
    )


def spoiled(view: View, suspicion: Suspicion, among: Upstream | None = None) -> tuple[dict[str, Step], list[str]]:
    """Every node that is bad, with the step by which it is; and the claims of which that is not known.

    `among` asks only about some nodes, and all that they depend on.
    """
    spreading = Spread()
    for part in [suspicion.model_copy(update={"things": []}), *_each(view, suspicion)]:
        runs = suspected_runs(view, part, None if among is None else among.runs)
        if part.picks_claims:
            claims, unsure = _claims(view, part, runs, among)
            spreading.begin(claims, _itself(part))
            spreading.unsure += unsure
            continue
        step = _itself(part)
        spreading.begin(part.things, Step(None, NAMED))
        spreading.begin(runs, step)
        spreading.begin(executions_of(view, runs, part), step)
    spread(view, Whole(view) if among is None else among, spreading, suspicion)
    return spreading.found, [claim for claim in spreading.unsure if claim not in spreading.found]


def _itself(part: Suspicion) -> Step:
    """How a run or a claim is bad that nothing else makes bad."""
    if part.things:
        return Step(part.things[0], "code" if part.code else "bytes")
    named = part.model_copy(update={"runs": [], "groups": []})
    return Step(None, "; ".join(named.said()) or NAMED)


def _claims(view: View, part: Suspicion, runs: list[str], among: Upstream | None) -> tuple[list[str], list[str]]:
    """The claims that are bad in themselves: of runs, where runs are named too."""
    only = set(runs) if part.picks_runs else None
    claims = None if among is None else sorted(node for node in among.nodes if node.startswith("claim-"))
    if claims == []:
        return [], []
    if part.noise is not None:
        return within_noise(view, part, only, claims)
    if part.replaced:
        return compared_with_replaced(view, part, only, claims), []
    return compared_with(view, part, only, claims), []


def _each(view: View, suspicion: Suspicion) -> list[Suspicion]:
    """The things that are bad each for itself, as suspicions of their own: what is the same is bad with it."""
    made = []
    for thing in suspicion.things:
        same = Suspicion(things=[thing], builds_on=suspicion.builds_on)
        if is_run(thing):
            same = Suspicion(runs=[thing])
        elif split_version(thing):
            same = Suspicion(things=[thing], code=[CodeIs(version=thing)])
        elif not is_note(thing) and not is_finding(thing):
            same = Suspicion(things=[thing], inputs=_bytes(view, thing))
        made.append(same)
    return made


def _bytes(view: View, thing: str) -> list[InputIs]:
    rows = view.rows(
        """
        SELECT digest FROM sources WHERE ref = $1 UNION SELECT digest FROM outputs WHERE ref = $1 AND kind = 'output'
        """,
        thing,
    )
    return [InputIs(digest=row["digest"]) for row in rows if row["digest"]]


def called(view: View, nodes: dict[str, Step]) -> dict[str, str]:
    """What imported things are called: their ids there, where no two have the same."""
    rows = view.rows(
        """
        SELECT run AS node, id AS called FROM imported WHERE run IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT note, called FROM thoughts WHERE called IS NOT NULL AND note IN (SELECT unnest($1::VARCHAR[]))
        """,
        [node.removesuffix(VERDICT) for node in nodes],
    )
    often = Counter(row["called"] for row in rows)
    return {row["node"]: row["called"] for row in rows if often[row["called"]] == 1}


def kind_of(node: str) -> AffectedKind | None:
    """What a node is; None for stage executions, outputs and what imported runs read."""
    if node.endswith(VERDICT):
        return "verdict"
    if node.startswith("@"):
        return "tag"
    if is_run(node):
        return "run"
    if is_note(node):
        kinds: dict[str, AffectedKind] = {"claim": "claim", "decision": "decision", "hypothesis": "hypothesis"}
        return kinds.get(node.partition("-")[0], "thought")
    if split_version(node):
        return "version"
    return "source" if "@r" in node and ":" not in node and "/" not in node else None


def _line(node: str, found: dict[str, Step], names: dict[str, str]) -> AffectedLine | None:
    kind = kind_of(node)
    ref = node.removesuffix(VERDICT)
    if kind is None or (kind == "verdict" and ref in found):
        return None
    why, via = reason_of(node, found, names)
    return AffectedLine(id=names.get(ref, ref), ref=ref, kind=kind, why=why, via=via)


def reason_of(node: str, found: dict[str, Step], names: dict[str, str]) -> tuple[str, str | None]:
    """Why a node is bad, in words, and the thing that it depends on."""
    step = found[node]
    if step.source is None:
        return step.kind, None
    via = step
    while via.kind == "stage" and via.source in found and found[via.source].source is not None:
        via = found[via.source]  # a run is bad by what its stage read
    source = (via.source or "").removesuffix(VERDICT)
    return _WHY[via.kind].format(source=names.get(source, source)), source


def refer(view: View, given: str) -> str:
    """The full name of a thing that is bad. A workspace stands for its latest version. Raises as `resolve`."""
    reference = resolve(view, given)
    if reference.kind != "workspace":
        return reference.id
    row = view.rows("SELECT workspace || '@v' || latest AS id FROM workspaces WHERE workspace = ?", reference.id)[0]
    return str(row["id"])
