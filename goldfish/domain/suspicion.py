"""What is suspected: which runs and claims are bad in themselves, told by what they have in common.

It is a question to the ledger, never a list of answers: whoever asks it later finds later runs too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import AwareDatetime, Field, JsonValue

from goldfish.domain.event import Value, later

Test = Literal["on", "off", "equals", "differs", "present", "absent"]
Noise = Literal["gain", "difference"]
Compared = Literal["near", "below", "above"]

_KEPT = {True: "that was committed", False: "that was never committed"}
_TESTED: dict[Test, str] = {
    "on": "{name} is on",
    "off": "{name} is off or missing",
    "equals": "{name} = {value}",
    "differs": "{name} is not {value}",
    "present": "{name} is set",
    "absent": "{name} is missing",
}


class SettingIs(Value):
    """A condition on a setting. A flag is on when it is true, or a number or a text that does not say no."""

    name: str
    test: Test = "on"
    value: JsonValue = later(None)

    def said(self) -> str:
        """In words."""
        return _TESTED[self.test].format(name=self.name, value=_shown(self.value))


class CodeIs(Value):
    """Code: a version or tree of ours, a commit (seven digits of it or more), or what people called it."""

    version: str | None = later(None)
    hash: str | None = later(None)
    label: str | None = later(None)

    def said(self) -> str:
        """In words."""
        return self.version or self.label or (self.hash or "")[:12]


class InputIs(Value):
    """Data that runs read: by its name, its digest (seven digits of it or more), or both."""

    name: str | None = later(None)
    digest: str | None = later(None)

    def said(self) -> str:
        """In words."""
        return " ".join(part for part in (self.name, (self.digest or "").removeprefix("sha256:")[:12]) if part)


class ScoreIs(Value):
    """A value that a metric came to, give or take a tolerance, or a limit; any metric where none is named."""

    value: float
    tolerance: float = Field(default=0.0, ge=0)
    metric: str | None = later(None)
    test: Compared = later("near")

    def said(self) -> str:
        """In words."""
        about = f" within {self.tolerance:g}" if self.tolerance else ""
        to = {
            "near": f"{self.value:g}{about}",
            "below": f"less than {self.value:g}",
            "above": f"more than {self.value:g}",
        }
        return f"{self.metric or 'a metric'} came to {to[self.test]}"


class LabelIs(Value):
    """A word or number that the record of an imported run has besides."""

    name: str
    value: JsonValue

    def said(self) -> str:
        """In words."""
        return f"{self.name} is {_shown(self.value)}"


class Suspicion(Value):
    """What is bad in itself. What depends on it follows from the ledger.

    `things` are bad each for itself. All that is said besides must hold together of a run (or a claim, where `noise`
    or `compared_with` say so); of each list one entry is enough, of the `sound_` lists none may hold. `committed`
    counts as one more entry of `code`.
    """

    things: list[str] = later([])  # references: digits@r1, baseline@v2, run-3/train.model, decision-2
    runs: list[str] = later([])
    groups: list[str] = later([])
    settings: list[list[SettingIs]] = later([])  # of one of these, all
    sound_settings: list[list[SettingIs]] = later([])
    code: list[CodeIs] = later([])
    sound_code: list[CodeIs] = later([])
    committed: bool | None = later(None)
    inputs: list[InputIs] = later([])
    sound_inputs: list[InputIs] = later([])
    scores: list[ScoreIs] = later([])
    metrics: list[str] = later([])  # the values of these are wrong
    seeds: list[int] = later([])
    actors: list[str] = later([])
    outcomes: list[str] = later([])
    labels: list[LabelIs] = later([])
    twins: bool = later(False)  # another run with other settings came to exactly the same values
    since: AwareDatetime | None = later(None)
    until: AwareDatetime | None = later(None)
    sound_runs: list[str] = later([])  # runs or groups: the one that showed it, the ones that mend it
    noise: Noise | None = later(None)  # claims of a gain, or of any difference, that is not more than noise …
    compared_with: list[str] = later([])  # … or that compare with these runs or groups
    replaced: bool = later(False)  # … of which another had taken the place as the baseline, or with any such runs
    builds_on: bool = later(False)  # a run that builds on a bad one is bad too, if it is not itself sound …
    inherited: bool = later(False)  # … or whatever it is itself

    @property
    def picks_runs(self) -> bool:
        """Whether runs are bad by what they have in common."""
        given = (self.runs, self.groups, self.settings, self.code, self.inputs, self.scores, self.metrics, self.seeds)
        return any((*given, self.actors, self.outcomes, self.labels, self.twins)) or self.committed is not None

    @property
    def picks_claims(self) -> bool:
        """Whether claims are bad by themselves, though the runs they compare are sound."""
        return self.noise is not None or bool(self.compared_with) or self.replaced

    @property
    def says_something(self) -> bool:
        """Whether anything can be bad by it. A time alone says nothing but when."""
        window = self.since is not None or self.until is not None
        return bool(self.things) or self.picks_runs or self.picks_claims or (window and bool(self.actors))

    def said(self) -> list[str]:
        """Each condition in words."""
        told: list[tuple[str, Sequence[object]]] = [
            ("", self.things),
            ("run ", [*self.runs, *(f"of {group}" for group in self.groups)]),
            ("", [" and ".join(one.said() for one in all_of) for all_of in self.settings]),
            ("not where ", [" and ".join(one.said() for one in all_of) for all_of in self.sound_settings]),
            (
                "code ",
                [*(one.said() for one in self.code), *([] if self.committed is None else [_KEPT[self.committed]])],
            ),
            ("not code ", [one.said() for one in self.sound_code]),
            ("read ", [one.said() for one in self.inputs]),
            ("did not read ", [one.said() for one in self.sound_inputs]),
            ("", [one.said() for one in self.scores]),
            ("has a value of ", self.metrics),
            ("seed ", self.seeds),
            ("by ", self.actors),
            ("ended as ", self.outcomes),
            ("", [one.said() for one in self.labels]),
            ("", ["another run with other settings came to the same values"] if self.twins else []),
            ("", [f"claims a {self.noise} that is not more than noise"] if self.noise else []),
            ("compares with ", self.compared_with),
            ("", ["compares with what was no longer the baseline"] if self.replaced else []),
            ("since ", [f"{self.since:%Y-%m-%d %H:%M}"] if self.since else []),
            ("until ", [f"{self.until:%Y-%m-%d %H:%M}"] if self.until else []),
            ("not ", self.sound_runs),
        ]
        return [before + _either(values) for before, values in told if any(values)]


def joined(one: Suspicion, other: Suspicion) -> Suspicion:
    """What both say, together."""
    both: dict[str, object] = {}
    for name in Suspicion.model_fields:
        left, right = getattr(one, name), getattr(other, name)
        if isinstance(left, bool) or isinstance(right, bool):
            both[name] = left or right if name != "committed" else (right if left is None else left)
        elif isinstance(left, list):
            both[name] = [*left, *(entry for entry in right if entry not in left)]
        else:
            both[name] = right if left is None else left
    return Suspicion.model_validate(both)


def _either(values: Sequence[object]) -> str:
    said = [str(value) for value in values]
    return " or ".join(said[:6]) + (f" or {len(said) - 6} others" if len(said) > 6 else "")


def _shown(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def any_of(names: Iterable[str]) -> list[list[SettingIs]]:
    """Flags, one of which is on."""
    return [[SettingIs(name=name)] for name in names]
