"""Completion of names in a shell. It never fails and never waits: a shell is in the middle of a line."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click

from goldfish.adapters.cli.invocation import Invocation
from goldfish.errors import GoldfishError

if TYPE_CHECKING:
    from goldfish.queries.lines import RunLine
    from goldfish.queries.sources import SourceRow
    from goldfish.queries.status_lines import Status

RECENT = 50


def workspaces(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of workspaces."""
    return _beginning(incomplete, _workspaces(ctx))


def versions(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Versions of the workspaces, newest first; tags."""
    if incomplete.startswith("@"):
        return _beginning(incomplete, [f"@{name}" for name in _tags(ctx)])
    status = _status(ctx)
    latest = [line.version.rpartition("@v") for line in status.workspaces] if status else []
    names = [f"{name}@v{number}" for name, _, last in latest for number in range(int(last), 0, -1)]
    return _beginning(incomplete, [*_workspaces(ctx), *names[:RECENT]] if "@" not in incomplete else names)


def runs(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The newest runs."""
    return _beginning(incomplete, [line.run for line in _runs(ctx)])


def references(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Runs, stages of the run that is begun, workspaces, and notes when one is begun."""
    if incomplete.startswith("@"):
        return _beginning(incomplete, [f"@{name}" for name in _tags(ctx)])
    lines = _runs(ctx)
    if "/" in incomplete:
        return _beginning(incomplete, [f"{line.run}/{stage}" for line in lines for stage in line.stages])
    begun = [note for note, _ in _notes(ctx)] if incomplete[:2] in ("th", "hy", "de") else []
    return _beginning(incomplete, [*(line.run for line in lines), *_workspaces(ctx), *begun])


def comparables(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Runs, workspaces, tags, versions and groups."""
    if incomplete.startswith("@"):
        return _beginning(incomplete, [f"@{name}" for name in _tags(ctx)])
    if "@" in incomplete:
        return versions(ctx, _parameter, incomplete)
    groups = [f"group:{name}" for name in _groups(ctx)]
    return _beginning(incomplete, [*(line.run for line in _runs(ctx)), *groups, *_workspaces(ctx)])


def _groups(ctx: click.Context) -> list[str]:
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        return [line.group for line in _invocation(ctx).goldfish(reviving=False).groups(limit=RECENT).groups]
    return []


def source_names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of sources; revisions when a name is complete."""
    refs = [line.source for line in _sources(ctx)]
    names = [ref.partition("@")[0] for ref in refs]
    return _beginning(incomplete, refs if "@" in incomplete else names)


def bytes_references(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Sources, and outputs of the run that is begun; else paths."""
    from click.shell_completion import CompletionItem

    run = incomplete.partition("/")[0]
    if run.startswith("run-") and "/" in incomplete:
        return _beginning(incomplete, _outputs(ctx, run))
    refs = [*(line.source for line in _sources(ctx)), *(f"{line.run}/" for line in _runs(ctx))]
    return [*_beginning(incomplete, refs if incomplete else []), CompletionItem(incomplete, type="file")]


def _sources(ctx: click.Context) -> list[SourceRow]:
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        return _invocation(ctx).goldfish(reviving=False).sources(retired=True).sources
    return []


def _outputs(ctx: click.Context, run: str) -> list[str]:
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        found = _invocation(ctx).goldfish(reviving=False).lineage(run, direction="down", depth=2)
        return [node.id for node in found.nodes if node.kind == "output"]
    return []


def search_words(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Filters of a search; after `kind:` and `status:` what they can be."""
    from goldfish.domain.search_grammar import FIELDS, KINDS, NOTE_STATES, STATUSES

    field, colon, _ = incomplete.partition(":")
    values = {"kind": KINDS, "status": (*STATUSES, *NOTE_STATES)}.get(field, ()) if colon else ()
    return _beginning(incomplete, [f"{field}:{value}" for value in values] or [f"{name}:" for name in FIELDS])


def notes(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The newest thoughts, hypotheses and decisions."""
    return _beginning(incomplete, [note for note, _ in _notes(ctx)])


def hypotheses(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The newest hypotheses."""
    return _beginning(incomplete, [note for note, kind in _notes(ctx) if kind == "hypothesis"])


def decisions_and_thoughts(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The newest decisions and thoughts."""
    return _beginning(incomplete, [note for note, kind in _notes(ctx) if kind != "hypothesis"])


def stages(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Stages of the newest runs."""
    return _beginning(incomplete, [stage for line in _runs(ctx) for stage in line.stages])


def pipelines(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Pipelines that lie in the slots: those of other workspaces too, since looking closer would take long."""
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        place = _invocation(ctx).questions().layout.slot("x").parent
        return _beginning(incomplete, ["pipeline.yaml", *sorted(p.stem for p in place.glob("*/pipelines/*.yaml"))])
    return []


def _notes(ctx: click.Context) -> list[tuple[str, str]]:
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        found = _invocation(ctx).goldfish(reviving=False).thoughts(limit=RECENT).notes
        return [(line.note, line.kind) for line in found if line.note]
    return []


def findings(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Findings that stand, newest first."""
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        found = _invocation(ctx).goldfish(reviving=False).findings(limit=RECENT).findings
        return _beginning(incomplete, [line.finding for line in found])
    return []


def tag_names(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of tags."""
    return _beginning(incomplete, _tags(ctx))


def _tags(ctx: click.Context) -> list[str]:
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        return [line.tag for line in _invocation(ctx).goldfish(reviving=False).tags()]
    return []


def _workspaces(ctx: click.Context) -> list[str]:
    status = _status(ctx)
    return [line.workspace for line in status.workspaces] if status else []


def _status(ctx: click.Context) -> Status | None:
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        return _invocation(ctx).goldfish(reviving=False).status()
    return None


def _runs(ctx: click.Context) -> list[RunLine]:
    with contextlib.suppress(GoldfishError, OSError, ValueError):
        return _invocation(ctx).goldfish(reviving=False).history(limit=RECENT).runs
    return []


def _invocation(ctx: click.Context) -> Invocation:
    """While completing, no callback has run: the options are in the contexts."""
    invocation = Invocation(None)
    invocation.project = ctx.params.get("project") or ctx.find_root().params.get("project")
    return invocation


def _beginning(incomplete: str, names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete)]
