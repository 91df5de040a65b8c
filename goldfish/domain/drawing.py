"""A pipeline as a drawing that Mermaid understands: stages, the sources that they read, and what flows between them."""

from __future__ import annotations

from goldfish.domain.pipelines import Pipeline


def mermaid(pipeline: Pipeline) -> str:
    """A flowchart. Names of stages and signals need no quoting; what could be something else is in quotes."""
    numbers = {stage.name: f"s{number}" for number, stage in enumerate(pipeline.ordered, 1)}
    sources = list(dict.fromkeys(i.source for s in pipeline.ordered for i in s.inputs if i.source is not None))
    lines = ["flowchart TD"]
    lines += [f'  d{number}[("{name}")]' for number, name in enumerate(sources, 1)]
    lines += [f'  {numbers[stage.name]}["{stage.name}"]' for stage in pipeline.ordered]
    for stage in pipeline.ordered:
        for given in stage.inputs:
            here = numbers[stage.name]
            if given.source is not None:
                lines.append(f'  d{sources.index(given.source) + 1} -->|"{given.name}"| {here}')
            elif given.stage is not None:
                label = given.signal if given.signal == given.name else f"{given.signal} as {given.name}"
                lines.append(f'  {numbers[given.stage]} -->|"{label}"| {here}')
    return "".join(f"{line}\n" for line in lines)
