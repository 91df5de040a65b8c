"""Parts of a history from elsewhere, made ready to be recorded: their ids, their points, and no secrets."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING

from goldfish.domain.imported import ForeignExperiment, ForeignJudgement
from goldfish.domain.notes import ForeignNote
from goldfish.domain.values import MetricSummary
from goldfish.ports import ForeignPart, Point

if TYPE_CHECKING:
    from goldfish.bootstrap import Services


class Readying:
    """Makes parts ready. Points are kept before anything is recorded of them, as all that is known by its digest."""

    def __init__(self, services: Services, prefix: str, *, dry_run: bool) -> None:
        self._metrics, self._redactor = services.metrics, services.redactor
        self._prefix, self._dry_run = prefix, dry_run
        self._named = cache(services.redactor.text)

    def ready(self, part: ForeignPart, known: Collection[str]) -> ForeignPart:
        """The part as it would be recorded. Of what is not `known`, a dry run keeps no points."""
        said = self._prefixed(part.said)
        if isinstance(said, ForeignExperiment) and part.points is not None and (said.id in known or not self._dry_run):
            sealed = self._metrics.keep(self._points(part))
            metrics = {name: _joined(sealed.summary.get(name), one) for name, one in said.metrics.items()}
            said = said.model_copy(update={"points": sealed.digest, "metrics": {**sealed.summary, **metrics}})
        plain = said.model_dump(mode="json")
        clean = self._redactor.clean(plain)
        return ForeignPart(part.where, said if clean == plain else type(said).model_validate(clean))

    def _points(self, part: ForeignPart) -> Iterator[Point]:
        for point in part.points() if part.points is not None else ():
            yield point._replace(metric=self._named(point.metric))

    def _prefixed(
        self, said: ForeignExperiment | ForeignJudgement | ForeignNote
    ) -> ForeignExperiment | ForeignJudgement | ForeignNote:
        if not self._prefix:
            return said
        fields = {
            ForeignExperiment: ("id", "parents", "against"),
            ForeignJudgement: ("of",),
            ForeignNote: ("id", "about", "because", "instead_of"),
        }[type(said)]
        return said.model_copy(update={name: self._before(getattr(said, name)) for name in fields})

    def _before(self, ids: str | list[str] | None) -> str | list[str] | None:
        if ids is None:
            return None
        return self._prefix + ids if isinstance(ids, str) else [self._prefix + id_ for id_ in ids]


def _joined(points: MetricSummary | None, stated: MetricSummary) -> MetricSummary:
    """The summary of points, ending as the record states it: a last evaluation need not be among them."""
    if points is None:
        return stated
    if not stated.last_is_finite or stated.last is None or points.last == stated.last:
        return points
    known = [one for one in (points.min, points.max) if one is not None]
    low, high = min([stated.last, *known]), max([stated.last, *known])
    return points.model_copy(update={"last": stated.last, "last_is_finite": True, "min": low, "max": high})
