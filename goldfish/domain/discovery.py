"""What somebody found out, told as JSON in whatever keys came to mind, read as a suspicion.

A key says what its value is about ("bad_flag", "fixed_code", "since"), the ledger knows what is called so, and a
sentence is heard where no key says anything. What is not understood is named, and never dropped silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import JsonValue

from goldfish.domain import discovery_words as say
from goldfish.domain.discovery_draft import Draft
from goldfish.domain.discovery_values import entries_of, json_in, name_and_digest, number_in, short, time_in
from goldfish.domain.discovery_words import Aspect
from goldfish.domain.event import Value
from goldfish.domain.suspicion import CodeIs, InputIs, LabelIs, Suspicion


class Vocabulary(Protocol):
    """What the ledger calls things."""

    def runs(self, name: str) -> list[str]:
        """The runs of this name, ours or elsewhere."""

    def group(self, name: str) -> bool:
        """Whether runs have this group."""

    def thing(self, name: str) -> str | None:
        """The full name of anything else that has a reference."""

    def codes(self, name: str) -> list[CodeIs]:
        """The code of this version, label, tree or commit, or the beginning of one."""

    def inputs(self, name: str) -> list[InputIs]:
        """The data of this name or digest, or the beginning of one."""

    def setting(self, name: str) -> str | None:
        """The setting of this name, as it is spelled."""

    def metric(self, name: str) -> bool:
        """Whether runs have this metric."""

    def label(self, name: str) -> bool:
        """Whether the records of imported runs have this label."""

    def actor(self, name: str) -> bool:
        """Whether somebody of this name asked for runs."""


class Understood(Value):
    """What a finding means, and the parts of it that were not used, each with the reason."""

    suspicion: Suspicion
    not_understood: list[str]


def understand(given: Mapping[str, JsonValue], known: Vocabulary) -> Understood:
    """Read a finding."""
    reader = _Reader(known)
    for key, value in given.items():
        reader.read(key, value)
    return Understood(suspicion=reader.suspicion(), not_understood=reader.unused)


class _Key:
    """What a key says of its value: what it is about, and whether that is what is sound, not what is bad."""

    def __init__(self, key: str, value: JsonValue, sound: bool, within: Aspect | None) -> None:
        self.key = key
        self.words = set(say.words_of(key))
        self.sound = sound or bool(self.words & say.SOUND)
        self.aspect = _aspect(self.words, value) or within
        self.before = "sound_" if self.sound else ""


class _Reader:
    def __init__(self, known: Vocabulary) -> None:
        self.known = known
        self.draft = Draft()
        self.unused: list[str] = []
        self.texts: list[str] = []
        self.rules: list[str] = []  # how somebody would pick them: heard where nothing else tells
        self.finder: list[str] = []
        self.is_bad = False  # whether a key says that a run is bad, and not only which one is meant
        self._takes: dict[Aspect, Callable[[_Key, JsonValue], bool]] = {
            "words": self._words,
            "finder": self._finder,
            "time": self._time,
            "since": self._window,
            "until": self._window,
            "committed": self._committed,
            "tolerance": self._tolerance,
            "seed": self._seed,
            "score": self._score,
            "below": self._limit,
            "above": self._limit,
            "setting": self._setting,
        }

    def read(self, name: str, value: JsonValue, *, sound: bool = False, within: Aspect | None = None) -> None:
        """Take in one key with its value. `within` is what the keys around it are about."""
        key = _Key(name, value, sound, within)
        if key.words and key.words <= _RULE and isinstance(value, str):
            self.rules.append(value)
            return
        names_runs = key.aspect in ("run", "baseline")
        self.is_bad = self.is_bad or (names_runs and bool(key.words & say.BAD))
        self.draft.replaced |= key.aspect == "baseline" and bool(key.words & say.STALE) and not key.sound
        self.draft.alone |= not key.sound and (key.aspect == "baseline" or (names_runs and bool(key.words & say.GONE)))
        if value in (None, "", [], {}) or self._names_a_fact(key, value):
            return
        for entry in entries_of(value) if key.aspect != "words" else [value]:
            if isinstance(entry, Mapping):
                self._nested(key, entry)
            elif not self._take(key, entry):
                self.unused.append(f"{name}: {short(entry)} names nothing here")

    def suspicion(self) -> Suspicion:
        """What was read, as one."""
        text = ". ".join(self.texts)
        runs = self.draft.entries.get("runs", []) + self.draft.entries.get("groups", [])
        if runs and say.tells_of_wrong_baseline(text) and not self.is_bad:
            self.draft.add("compared_with", *runs)
            self.draft.entries = {
                name: one for name, one in self.draft.entries.items() if name not in ("runs", "groups")
            }
        if self.draft.entries.get("compared_with"):
            self.draft.replaced = self.draft.replaced or say.tells_of_replaced_baseline(text)
        elif not self.draft.says_what:
            text = self._heard_first([text, *self.rules])
        elif say.tells_of_lost_code(text) and set(self.draft.entries) <= {"code", "sound_code", "sound_runs"}:
            self.draft.committed = False
        self.unused += [f"rule: {short(rule)} was not needed, or names nothing here" for rule in self.rules]
        left = self.draft.pair()
        self.unused += [f"{short(value)} is the value of nothing that is named" for value in left]
        digests = [
            one.digest
            for name in ("inputs", "sound_inputs")
            for one in self.draft.entries.get(name, [])
            if isinstance(one, InputIs) and one.digest
        ]
        self.draft.narrow({digest: [one.name for one in self.known.inputs(digest)] for digest in digests})
        return self.draft.suspicion(text, self.finder)

    # ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _names_a_fact(self, key: _Key, value: JsonValue) -> bool:
        """Whether a key is itself the name of a setting, a metric or a label, with or without words before it."""
        if isinstance(value, Mapping) or key.aspect in ("seed", "outcome", "words", "time", "since", "until"):
            return False
        parts = re.split(r"[_\-\s]", key.key)
        for start in range(len(parts)):
            name = "_".join(parts[start:]) if start else key.key
            if set(say.words_of(name)) <= say.OURS:
                return False
            if self._is_fact(name, value, key):
                return True
        return False

    def _is_fact(self, name: str, value: JsonValue, key: _Key) -> bool:
        if (spelled := self.known.setting(name)) is not None:
            return self.draft.equal({spelled: value}, sound=key.sound)
        if self.known.metric(name) and (number := number_in(value)) is not None:
            self.draft.scores.append((name, number, "near"))
            return True
        return (
            self.known.label(name)
            and not isinstance(value, list)
            and self.draft.add("labels", LabelIs(name=name, value=value))
        )

    def _nested(self, key: _Key, value: Mapping[str, JsonValue]) -> None:
        """Take in an object: as a value by itself, or key by key."""
        if key.aspect == "setting" and not any(set(say.words_of(one)) & (say.SOUND | say.BAD) for one in value):
            self._settings(key, value)
        elif key.aspect == "input" and (pair := name_and_digest(value)) is not None:
            self.draft.add(f"{key.before}inputs", pair)
        elif key.aspect in ("score", "metric") and all(number_in(one) is not None for one in value.values()):
            numbers = {name: number_in(one) for name, one in value.items()}
            self.draft.scores += [(name, number, "near") for name, number in numbers.items() if number is not None]
        else:
            for name, one in value.items():
                if self.known.runs(name):  # an object by run: what it says of each is not for us
                    self._looked_up(name, key.sound)
                else:
                    self.read(name, one, sound=key.sound, within=key.aspect)

    # ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, key: _Key, value: JsonValue) -> bool:
        if key.aspect is None and key.sound and not isinstance(value, str):
            self.draft.values.append((value, True))  # the right value of what another key names
            return True
        take = self._takes.get(key.aspect) if key.aspect is not None else None
        if take is not None:
            return take(key, value)
        return isinstance(value, str) and self._name(key, value.strip())

    def _words(self, _key: _Key, value: JsonValue) -> bool:
        self.texts += [str(one) for one in (value if isinstance(value, list) else [value])]
        return True

    def _finder(self, _key: _Key, value: JsonValue) -> bool:
        """Who, or what, found it out: a run, perhaps."""
        name = str(value)
        self.finder += self.known.runs(name) or ([name] if self.known.group(name) else [])
        return True

    def _time(self, _key: _Key, _value: JsonValue) -> bool:
        """When it was found out: that says nothing of what is bad."""
        return True

    def _window(self, key: _Key, value: JsonValue) -> bool:
        if (time := time_in(value)) is not None and key.aspect is not None:
            self.draft.window[key.aspect] = time
        return time is not None

    def _committed(self, key: _Key, value: JsonValue) -> bool:
        if isinstance(value, bool) and not key.sound:
            self.draft.committed = value != ("uncommitted" in key.words)
        return isinstance(value, bool)

    def _tolerance(self, _key: _Key, value: JsonValue) -> bool:
        number = number_in(value)
        if number is not None and number >= 0:
            self.draft.tolerance = number
            return True
        return False

    def _seed(self, _key: _Key, value: JsonValue) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.draft.add("seeds", value)

    def _score(self, key: _Key, value: JsonValue) -> bool:
        """A value: of a setting that is named, or else one that a metric came to."""
        number = number_in(value)
        if number is None or self.draft.names:
            self.draft.values.append((value, key.sound))
        else:
            self.draft.scores.append((None, number, "near"))
        return True

    def _limit(self, key: _Key, value: JsonValue) -> bool:
        """A value than which less, or more, is bad."""
        number = number_in(value)
        if number is not None and key.aspect in ("below", "above"):
            self.draft.scores.append((None, number, key.aspect))
        return number is not None

    def _setting(self, key: _Key, value: JsonValue) -> bool:
        if not isinstance(value, str):
            self.draft.values.append((value, key.sound))
            return True
        spelled = self.known.setting(value)
        if spelled is None and (pair := _PAIR.fullmatch(value.strip())) is not None:
            name = self.known.setting(pair[1]) or pair[1]
            return self.draft.equal({name: json_in(pair[3])}, sound=key.sound, differs=pair[2] == "!=")
        if spelled is None and self._looked_up(value, key.sound):
            return True
        self.draft.names.append((spelled or value, key.sound, bool(key.words & say.MISSING)))
        return True

    def _settings(self, key: _Key, value: Mapping[str, JsonValue]) -> None:
        """An object of settings: each with its value, or one told by its name and its value."""
        named = [one for one in value if set(say.words_of(one)) <= say.SUBJECT["setting"] | {"name"}]
        valued = [one for one in value if set(say.words_of(one)) <= {"value", "equal", "is"}]
        if len(value) == 2 and len(named) == len(valued) == 1 and isinstance(name := value[named[0]], str):
            value = {name: value[valued[0]]}
        self.draft.equal({self.known.setting(name) or name: one for name, one in value.items()}, sound=key.sound)

    # ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, key: _Key, value: str) -> bool:
        """Take in a name: as what its key says, or else as whatever the ledger knows by it."""
        return self._as_said(key, value) or self._looked_up(value, key.sound, key) or self._unknown(key, value)

    def _as_said(self, key: _Key, value: str) -> bool:
        match key.aspect:
            case "outcome" if (ends := say.ENDS.get(value.lower().replace(" ", ""))) is not None:
                return key.sound or self.draft.add("outcomes", *ends)
            case "actor":
                return self.draft.add("actors", value)
            case "metric" if self.known.metric(value):
                return self.draft.add("metrics", value)
            case "code":
                return self.draft.add(f"{key.before}code", *self.known.codes(value))
            case "input":
                return self.draft.add(f"{key.before}inputs", *self.known.inputs(value))
            case "baseline" if key.sound or not key.words & say.BAD:
                return self._baseline(value, key.sound)
            case _:
                return False

    def _baseline(self, value: str, sound: bool) -> bool:
        """A baseline that was the wrong one to compare with, though it is sound itself; or the right one."""
        named = self.known.runs(value) or ([value] if self.known.group(value) else [])
        return self.draft.add("sound_runs" if sound else "compared_with", *named)

    def _looked_up(self, value: str, sound: bool, key: _Key | None = None) -> bool:
        """Whether anything is called so; it is taken in."""
        before = "sound_" if sound else ""
        runs = self.known.runs(value)
        grouped = not runs and self.known.group(value)
        if runs or grouped:
            self.draft.weights = self.draft.weights or (key is not None and key.aspect == "weights")
            return self.draft.add(f"{before}runs", *runs) or self.draft.add("sound_runs" if sound else "groups", value)
        if (thing := self.known.thing(value)) is not None:
            return sound or self.draft.add("things", thing)
        if self.draft.add(f"{before}code", *self.known.codes(value)):
            return True
        if self.draft.add(f"{before}inputs", *self.known.inputs(value)):
            return True
        if (setting := self.known.setting(value)) is not None:
            self.draft.names.append((setting, sound, False))
            return True
        if self.known.metric(value):
            return sound or self.draft.add("metrics", value)
        return self.known.actor(value) and (sound or self.draft.add("actors", value))

    def _unknown(self, key: _Key, value: str) -> bool:
        """Keep what nothing here is called yet, where its key says clearly what it is."""
        plain = value.removeprefix("sha256:")
        is_digest = _HEX.fullmatch(plain) is not None
        if key.aspect == "input":
            return self.draft.add(f"{key.before}inputs", InputIs(digest=plain) if is_digest else InputIs(name=value))
        return key.aspect == "code" and not is_digest and self.draft.add(f"{key.before}code", CodeIs(label=value))

    # ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _heard_first(self, texts: list[str]) -> str:
        """Hear one text after the other until one says what is bad; returns those that were heard."""
        for number, text in enumerate(texts, 1):
            self._heard(text)
            if self.draft.says_what or self.draft.picks_otherwise:
                self.rules = texts[number:]
                return ". ".join(texts[:number])
        return texts[0]

    def _heard(self, text: str) -> None:
        """What sentences say, where no key says what is bad."""
        if (noise := say.tells_of_noise(text)) is not None:
            self.draft.noise = noise
        elif say.tells_of_lost_code(text):
            self.draft.committed = False
        elif say.tells_of_replaced_baseline(text):
            self.draft.replaced = True
        elif ends := say.ends_in(text):
            self.draft.add("outcomes", *ends)
        elif say.tells_of_twins(text):
            self.draft.twins = True
        elif (value := say.value_in(text)) is not None:
            self.draft.scores.append((None, value, "near"))
        else:
            for token in dict.fromkeys(_TOKEN.findall(text)):
                if len(token) > 1 and re.search(r"[\d_@]", token):
                    self._looked_up(token.rstrip(".:/-"), False)


_RULE = frozenset(["rule", "criterion", "label", "labelling"])
_PAIR = re.compile(r"-*([\w.\-]+?)\s*(==?|!=|:)\s*(.+)")
_HEX = re.compile(r"[0-9a-f]{7,64}")
_TOKEN = re.compile(r"[\w][\w.@/:+\-]*")


def _aspect(words: set[str], value: JsonValue) -> Aspect | None:
    """What a key says that its value is about."""
    if time_in(value) is not None and words & (say.FROM | say.TO | say.TOLD):
        if words & say.TOLD - {"at", "date", "time", "when"}:
            return "time"
        return "until" if words & say.TO else "since" if words & say.FROM else "time"
    if "by" in words:
        return "finder"
    return next((aspect for aspect, said in say.SUBJECT.items() if words & said), None)
