"""In words: why an earlier experiment is like an idea, what differs, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from goldfish.domain.stems import stem, tokens
from goldfish.queries.likeness import same
from goldfish.queries.similarity.answer import SettingDiffers
from goldfish.queries.similarity.glossary import Glossary
from goldfish.queries.similarity.picking import Rarity
from goldfish.queries.similarity.records import Record
from goldfish.queries.similarity.settings import by_leaf, leaf
from goldfish.queries.similarity.wording import Meant

WORDS = 5  # that are named of what is shared, …
IDEAS = 2  # … ideas, …
OTHERS = 4  # … and words that only the earlier experiment has

_ENDED = {"succeeded": "it succeeded", "failed": "it failed", "cancelled": "it was cancelled", "lost": "it was lost"}
_JUDGED = {"success": "a success", "partial": "a partial success", "miss": "a miss", "unknown": "undecided"}


def settings_of(asked: Mapping[str, JsonValue], record: Record) -> list[SettingDiffers]:
    """The settings that both turned."""
    theirs = by_leaf(record.changed)
    return [
        SettingDiffers(
            name=name,
            before=theirs[leaf(name)].before,
            there=theirs[leaf(name)].after,
            here=value,
            same=same(value, theirs[leaf(name)].after),
        )
        for name, value in asked.items()
        if leaf(name) in theirs
    ]


def why(
    asked: Meant,
    asked_settings: Mapping[str, JsonValue],
    record: Record,
    meant: Meant,
    rarity: Rarity,
    glossary: Glossary,
) -> str:
    """One sentence: the settings that both turned, the words and ideas that both have, and what only it has."""
    told = [_setting(one) for one in settings_of(asked_settings, record)]
    shared = sorted((s for s in asked.words if meant.words.get(s)), key=lambda s: -asked.words[s] * meant.words[s])
    written = _written([*record.said, *record.changed, record.topics, record.row["note"] or ""])
    words = [written[one] for one in shared if one in written and rarity(one) > 0][:WORDS]
    if words:
        told.append(f"both say {', '.join(words)}")
    ideas = sorted((n for n in asked.ideas if n in meant.ideas), key=lambda n: -asked.ideas[n] * meant.ideas[n])
    if ideas:
        told.append(f"both are about {' and '.join(glossary.ideas[number].name for number in ideas[:IDEAS])}")
    only = _only_there(asked, record, rarity)
    if only:
        told.append(f"only it says {', '.join(only)}")
    return ("; ".join(told) or "they share parts of words") + "."


def outcome(record: Record) -> tuple[str, bool]:
    """What came of it, and whether that says anything of the idea."""
    row = record.row
    ended, verdict = row["outcome"], row["verdict"]
    said = f" ({row['said']})" if row["said"] and row["said"] != verdict else ""
    judged = f"{_JUDGED[verdict]}{said}" if verdict in _JUDGED else None
    if ended is None and judged is None:
        state = {"parked": "it is parked", "imported": "no outcome is recorded"}.get(row["state"], "it is under way")
        return state, False
    if ended not in (None, "succeeded") and verdict in (None, "unknown"):
        because = f": {row['cause'].rstrip('. ')}" if row["cause"] else ""
        return f"{_ENDED[ended]}{said}{because}, so the idea was not tested", False
    if judged is None:
        return f"{_ENDED[ended]}; nobody judged it", True
    return judged, True


def _setting(one: SettingDiffers) -> str:
    if one.same:
        return f"{one.name} = {_value(one.there)} in both"
    return f"{one.name} {_value(one.there)} there, {_value(one.here)} here"


def _value(value: JsonValue) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def _written(texts: Sequence[str]) -> dict[str, str]:
    """Each stem as it is first written."""
    found: dict[str, str] = {}
    for text in texts:
        for token in tokens(text):
            found.setdefault(stem(token), token)
    return found


def _only_there(asked: Meant, record: Record, rarity: Rarity) -> list[str]:
    written = _written([*record.said, *record.changed])
    only = sorted((one for one in written if one not in asked.words), key=lambda one: -rarity(one))
    return [written[one] for one in only if rarity(one) > 0][:OTHERS]
