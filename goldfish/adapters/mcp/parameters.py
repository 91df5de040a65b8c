"""Parameters that many tools share, described for somebody who never saw goldfish."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from goldfish.adapters.mcp.budget import LEAST, MOST

CommandId: TypeAlias = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=200,
        description="An id of your own: the same call again with the same id takes effect once.",
    ),
]
Budget: TypeAlias = Annotated[int, Field(ge=LEAST, le=MOST, description="Most tokens of the answer.")]
AsOf: TypeAlias = Annotated[
    int | Annotated[str, Field(max_length=60)] | None,
    Field(description="What was known then: a position, or a time like 2026-04-05T06:00Z."),
]
Since: TypeAlias = Annotated[int | None, Field(ge=0, description="Only what changed after this position.")]
Before: TypeAlias = Annotated[int | None, Field(ge=0, description="The `more` of the page before.")]
Workspace: TypeAlias = Annotated[str, Field(max_length=200, description="A workspace's name, e.g. baseline.")]
Run: TypeAlias = Annotated[str, Field(max_length=200, description="A run, e.g. run-12.")]
Version: TypeAlias = Annotated[str, Field(max_length=200, description="A version, e.g. baseline@v3 or v3.")]
Side: TypeAlias = Annotated[
    str,
    Field(
        max_length=200,
        description="run-12, group:seeds, baseline@v3, @good (a tag), or a workspace (its latest).",
    ),
]
Reference: TypeAlias = Annotated[
    str,
    Field(
        max_length=300,
        description="run-12, run-12/train (a stage of it), run-12/train.model (an output), baseline (a workspace),"
        " baseline@v3 (a version), digits or digits@r1 (a source), @good (a tag), decision-3, finding-1, or an id of"
        " where it was imported from.",
    ),
]
Expected: TypeAlias = Annotated[
    str | None,
    Field(max_length=200, description="Refuse when the latest version is not this one (v3): somebody saved meanwhile."),
]
Pipeline: TypeAlias = Annotated[str, Field(max_length=200, description="The pipeline's file, or a name in pipelines/.")]
Group: TypeAlias = Annotated[
    str | None, Field(max_length=200, description="A name for runs that belong together: seeds-of-lr-0.2.")
]
References: TypeAlias = str | list[str] | None
