"""A suspicion in the making: what was read of a finding so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from goldfish.domain import discovery_words as say
from goldfish.domain.suspicion import CodeIs, Compared, InputIs, LabelIs, Noise, ScoreIs, SettingIs, Suspicion, Test

Entry = str | int | CodeIs | InputIs | LabelIs | list[SettingIs]

_OF_ITSELF = ("settings", "code", "metrics", "seeds", "labels", "compared_with")
_ONLY_WHICH = ("seeds", "actors", "sound_runs", "sound_code", "sound_inputs")
_HANDED_ON = ("inputs", "runs", "groups", "things")


@dataclass
class Draft:
    """Entries for the fields of a suspicion, and what is still to be put together."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    scores: list[tuple[str | None, float, Compared]] = field(default_factory=list)  # metric, value, test
    names: list[tuple[str, bool, bool]] = field(default_factory=list)  # settings without a value: name, sound, missing
    values: list[tuple[JsonValue, bool]] = field(default_factory=list)  # values without a setting: value, sound
    window: dict[str, datetime] = field(default_factory=dict)
    tolerance: float | None = None
    committed: bool | None = None
    noise: Noise | None = None
    twins: bool = False
    weights: bool = False
    replaced: bool = False  # claims that compare with what was no longer the baseline
    alone: bool = False  # what is bad of a run is not handed on: it was the baseline, or its code is gone

    def add(self, name: str, *entries: Entry) -> bool:
        """Add entries to a field; whether there are any."""
        kept = self.entries.setdefault(name, [])
        kept += [entry for entry in entries if entry not in kept]
        return bool(entries)

    def equal(self, pairs: Mapping[str, JsonValue], *, sound: bool, differs: bool = False) -> bool:
        """Settings that all have these values; of a list, any."""
        alternatives: list[list[SettingIs]] = [[]]
        for name, value in pairs.items():
            values = value if isinstance(value, list) and value else [value]
            alternatives = [[*made, _is(name, one, differs)] for made in alternatives for one in values]
        return self.add("sound_settings" if sound else "settings", *alternatives)

    @property
    def says_what(self) -> bool:
        """Whether it says yet what is bad, and not only when or by whom."""
        told = any(entries for name, entries in self.entries.items() if name not in _ONLY_WHICH)
        return told or bool(self.scores or self.names) or self.committed is not None

    @property
    def picks_otherwise(self) -> bool:
        """Whether it says what is bad by how numbers compare, and not by what is named."""
        return self.noise is not None or self.twins or self.replaced

    def pair(self) -> list[JsonValue]:
        """Give the settings that were named the values that were; returns the values that nothing was named for."""
        bad, sound = ([value for value, is_sound in self.values if is_sound == which] for which in (False, True))
        if not self.names:
            return [*bad, *sound]
        for name, is_sound, missing in self.names:
            if is_sound:
                self._test(name, sound, "on", sound=True)
            elif bad or not sound:
                self._test(name, bad, "off" if missing else "on", sound=False)
                self._test(name, sound, None, sound=True)
            else:  # only its right value is known: any other one is bad
                self.add("settings", [SettingIs(name=name, test="differs", value=value) for value in sound])
        return []

    def _test(self, name: str, values: list[JsonValue], otherwise: Test | None, *, sound: bool) -> None:
        if values:
            self.equal({name: values if len(values) > 1 else values[0]}, sound=sound)
        elif otherwise is not None:
            self.add("sound_settings" if sound else "settings", [SettingIs(name=name, test=otherwise)])

    def narrow(self, names_of: Mapping[str, Iterable[str | None]]) -> None:
        """Data that is named and whose digest is given is that digest alone: others of its name may be sound."""
        for name in ("inputs", "sound_inputs"):
            entries = [one for one in self.entries.get(name, []) if isinstance(one, InputIs)]
            narrower = {known for one in entries if one.digest for known in names_of.get(one.digest, ())}
            if entries:
                self.entries[name] = [one for one in entries if one.digest is not None or one.name not in narrower]

    def suspicion(self, text: str, measure: Iterable[str]) -> Suspicion:
        """All that was read. `text` are the sentences that came with it, `measure` the runs that showed it."""
        told = dict(self.entries)
        metrics = [str(one) for one in told.pop("metrics", [])]
        scores = self.scores
        if scores and metrics:
            scores = [(metric, value, test) for _, value, test in scores for metric in metrics]
        elif metrics:
            told["metrics"] = list(metrics)
        if scores:
            told["sound_runs"] = [*told.get("sound_runs", []), *measure]  # what the others are measured by
        tolerance = self.tolerance if self.tolerance is not None else say.tolerance_in(text)
        return Suspicion.model_validate(
            {
                **told,
                "scores": [
                    ScoreIs(metric=name, value=value, test=test, tolerance=_near(value, test, tolerance))
                    for name, value, test in scores
                ],
                "committed": self.committed,
                "noise": self.noise,
                "twins": self.twins,
                "replaced": self.replaced,
                "builds_on": self._builds_on(text),
                "inherited": self.weights or say.tells_of_weights(text),
                **self.window,
            }
        )

    def _builds_on(self, text: str) -> bool:
        """Whether what went on with a bad run is bad too: data and weights are handed on, code and settings are not."""
        if self.weights or say.tells_of_weights(text) or self.entries.get("inputs"):
            return True
        of_itself = (
            self.alone or self.scores or self.twins or self.committed is not None or say.tells_of_lost_code(text)
        )
        if of_itself or any(map(self.entries.get, _OF_ITSELF)):
            return False
        return any(map(self.entries.get, _HANDED_ON))


def _is(name: str, value: JsonValue, differs: bool) -> SettingIs:
    if value is True:
        return SettingIs(name=name, test="off" if differs else "on")
    return SettingIs(name=name, test="differs" if differs else "equals", value=value)


def _near(value: float, test: Compared, tolerance: float | None) -> float:
    if test != "near":
        return 0.0
    return _written(value) if tolerance is None else tolerance


def _written(value: float) -> float:
    """Half a unit of the last digit that a number was written with; whole numbers are meant exactly."""
    digits = repr(value).partition("e")[0].partition(".")[2].rstrip("0")
    return 0.5 * 10.0 ** -len(digits) if digits else 0.0
