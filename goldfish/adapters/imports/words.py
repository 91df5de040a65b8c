"""The words that people use for how an experiment ended, in ours."""

from __future__ import annotations

from typing import Final

from goldfish.domain.specs import Judgement
from goldfish.domain.values import Outcome


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JUDGED: Final[dict[Judgement, frozenset[str]]] = {
    "success": _words(
        "success win won keep kept improved improvement better gain positive confirmed supported accepted"
    ),
    "partial": _words("partial partially mixed"),
    "miss": _words(
        "miss loss lost worse regression discard discarded rejected reverted negative refuted noise neutral no-change "
        "no-effect null"
    ),
    "unknown": _words(
        "unknown crash crashed failed failure error invalid oom timeout killed unclear inconclusive ambiguous untested"
    ),
}
# Words that tell of the achievement also where people write how the program ended.
_TELLING: Final = _words(
    "win won keep kept loss discard discarded noise neutral accepted rejected reverted crash crashed"
)
_CRASHED: Final = _words("crash crashed failed failure error oom timeout invalid")
_KILLED: Final = _words("killed cancelled canceled aborted stopped")
_LOST: Final = _words("lost preempted")
_OPEN: Final = _words("running queued pending assigned preliminary scheduled started open todo planned")
_DONE: Final = _words("finished done complete completed succeeded success ok keep kept discard discarded")


def judgement(word: str) -> Judgement | None:
    """What a word for an achievement means; None for a word that is none."""
    plain = _plain(word)
    return next((ours for ours, words in _JUDGED.items() if plain in words), None)


def tells(status: str) -> bool:
    """Whether the word for a status tells of the achievement too, as keep and discard do."""
    return _plain(status) in _TELLING


def outcome(word: str) -> Outcome | None:
    """How it ended as a program; None for a word that does not say so."""
    plain = _plain(word)
    if plain in _CRASHED:
        return "failed"
    if plain in _KILLED:
        return "cancelled"
    if plain in _LOST:
        return "lost"
    return "succeeded" if plain in _DONE else None


def is_open(word: str) -> bool:
    """Whether a word says that it has not ended."""
    return _plain(word) in _OPEN


def _plain(word: str) -> str:
    return word.strip().lower().replace("_", "-").replace(" ", "-")
