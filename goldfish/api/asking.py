"""What a caller asks for with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from pydantic import JsonValue

from goldfish.domain.event import JsonObject


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a request says, besides the workspace and the reason.

    `settings` are "key=value" or "stage.key=value"; `overrides` are configurations and `results` specs by stage;
    `inputs` put bytes in the place of inputs: "stage.input" or "input" → a reference or a path.
    """

    stages: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    overrides: Mapping[str, dict[str, JsonValue]] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, JsonValue] = field(default_factory=dict)
    seed: int | None = None
    pipeline: str = "pipeline.yaml"
    group: str | None = None
    rerun: str | None = None
    fresh: bool = False
    expected: str | None = None

    def body(self) -> JsonObject:
        """The request as JSON: the same command id with another body is refused."""
        return {**asdict(self), "stages": list(self.stages), "settings": list(self.settings)}
