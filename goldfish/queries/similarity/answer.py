"""What is told about earlier experiments that are like an idea."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, JsonValue

from goldfish.domain.event import Value
from goldfish.domain.specs import Judgement
from goldfish.domain.values import Outcome


class SettingDiffers(Value):
    """A setting that the idea names and the earlier experiment changed: before and after there, and what it is here."""

    name: str
    before: JsonValue = None
    there: JsonValue
    here: JsonValue
    same: bool


class Candidate(Value):
    """An earlier experiment that is like the idea. `id` is its own one where it was recorded; of our runs, the run."""

    id: str
    run: str
    score: float  # 0 to 1
    why: str
    outcome: str
    tested: bool  # False: it failed or was stopped, so that nothing is known of the idea; or it is under way
    ended: Outcome | None
    verdict: Judgement | None
    title: str
    known: datetime  # when its outcome was known elsewhere, or it was asked for here
    settings: list[SettingDiffers] = Field(default_factory=list)
    rounds: list[str] = Field(default_factory=list)  # other rounds of the same item that are like the idea, too


class Similar(Value):
    """The earlier experiments most like an idea, most alike first.

    `flagged` says that the first of them reaches the `threshold`: the idea was probably tried. It only informs.
    """

    as_of: int
    flagged: bool
    threshold: float
    candidates: list[Candidate]
    compared: int  # experiments that were known
