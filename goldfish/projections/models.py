"""All read models. A new one is a file of its own and a word here."""

from __future__ import annotations

from goldfish.projections import (
    activity,
    against,
    baselines,
    changed,
    checks,
    code,
    configurations,
    edges,
    executions,
    findings,
    idea_words,
    imported,
    inputs,
    invariants,
    labels,
    metrics,
    outputs,
    params,
    project,
    results,
    runs,
    sources,
    tags,
    thoughts,
    traits,
    verdicts,
    versions,
    workspaces,
)
from goldfish.projections._model import ReadModel

_FILES = (
    project,
    invariants,
    workspaces,
    versions,
    tags,
    sources,
    executions,
    runs,
    params,
    configurations,
    inputs,
    outputs,
    metrics,
    results,
    verdicts,
    imported,
    changed,
    labels,
    against,
    baselines,
    checks,
    code,
    edges,
    thoughts,
    findings,
    traits,
    idea_words,
    activity,
)

MODELS: dict[str, ReadModel] = {file.MODEL.name: file.MODEL for file in _FILES}
"""Name → read model, in the order in which they are shown."""
