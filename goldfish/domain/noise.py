"""Whether a difference is more than noise, told by repetitions that differ by their seed alone.

The noise of a number is its standard deviation over runs of the same configuration with other seeds.

- Both sides ran with several seeds: Welch's t interval of the difference of two means, which does not take the noise
  of both sides to be the same (B. L. Welch, Biometrika 34, 1947). It is what C. Colas, O. Sigaud and P.-Y. Oudeyer
  recommend for few seeds ("How Many Random Seeds?", arXiv:1806.08295, 2018).
- Both ran with the same seeds, five or more: Student's interval of the differences, seed by seed. What a seed decides
  for both sides, like which data is held back, then cancels out (X. Bouthillier et al., "Accounting for Variance in
  Machine Learning Benchmarks", MLSys 2021). Of fewer pairs the interval would be wider than Welch's by more than a
  fifth where seeds have nothing in common.
- A side ran once: its noise is taken to be that of the other side and of the floor, pooled, and the interval is
  Student's (R. R. Sokal and F. J. Rohlf, "Biometry": a single value beside a sample).
- Both sides ran once: the same with the floor alone. Without a floor nothing can be said.

How many more seeds would do follows from the power of these tests, as in Colas et al.: so many that a difference and
a noise as they are seen now would be established with a probability of 80 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

from pydantic import Field

from goldfish.domain.event import Value
from goldfish.domain.samples import LARGEST, Floor, Sample, pooled, sample
from goldfish.domain.specs import Direction
from goldfish.domain.student import quantile

Standing = Literal["established", "needs-seeds", "not-established", "unknown"]
Method = Literal["welch", "paired", "pooled", "floor"]

CONFIDENCE = 0.95
POWER = 0.80
WORTH_RUNNING = 20  # more seeds of each side than anybody is told to run to establish a difference
FEWEST_PAIRS = 5  # seeds that both sides have, from which on they are compared seed by seed
FIRST_SEEDS = 3  # of each side, where no noise is known
MOST = 10_000  # more seeds than that are no number worth saying
EXACT_DEGREES = 2  # from so many degrees of freedom on it is no accident that all repetitions came out the same

_Z_CONFIDENCE, _Z_POWER = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), NormalDist().inv_cdf(POWER)

_SAID = {
    "established": "established",
    "needs-seeds": "not established",
    "not-established": "not established",
    "unknown": "how much seeds change it is unknown",
}


class Contrast(Value):
    """How one side compares with another. All numbers are signed so that positive means that the second is better.

    `more_seeds` is how many more runs of each side would establish the difference, if it is what it looks like; None
    where no number would.
    """

    standing: Standing
    effect: float
    low: float | None = None  # the interval that holds the true difference with 95 % confidence …
    high: float | None = None  # … as far as the noise is known
    noise: float | None = None  # the standard deviation of one run from seed to seed that was used
    degrees: float | None = None  # degrees of freedom
    method: Method | None = None
    more_seeds: int | None = Field(default=None, ge=0)

    @property
    def sentence(self) -> str:
        """The same in words."""
        if not self.effect:
            return "no difference"
        said = f"{'better' if self.effect > 0 else 'worse'} by {abs(self.effect):.3g}"
        if self.low is not None and self.high is not None:
            how = ", seed by seed" if self.method == "paired" else ""
            said += f" (95 % interval {self.low:.3g} to {self.high:.3g}{how})"
        return f"{said}: {_SAID[self.standing]}{self._advice}"

    @property
    def _advice(self) -> str:
        if not self.more_seeds:
            return ""
        seeds = f"{self.more_seeds} more seed{'s' if self.more_seeds > 1 else ''} of each"
        if self.standing == "unknown":
            return f"; run {seeds}"
        return f"; {seeds} would do, if it is what it looks like"


def contrast(
    before: Sample, after: Sample, direction: Direction, *, floor: Floor | None = None, tolerance: float = 0.0
) -> Contrast:
    """Whether `after` is better or worse than `before`, beyond noise and beyond the tolerance of a spec.

    `floor` is the noise known from other runs than these; it is used where a side ran once.
    """
    sign = 1 if direction == "maximize" else -1
    effect = _finite(sign * (after.mean - before.mean))
    return _contrast(effect, tolerance, _noise(before, after, floor), before.n, after.n)


def paired(
    before: Sequence[float], after: Sequence[float], direction: Direction, *, tolerance: float = 0.0
) -> Contrast | None:
    """The same, of two or more runs with the same seeds on both sides, in the same order; None of fewer."""
    sign = 1 if direction == "maximize" else -1
    found = sample(_finite(sign * (two - one)) for one, two in zip(before, after, strict=True))
    if found is None or found.sd is None:
        return None
    return _contrast(found.mean, tolerance, _Noise(found.sd, 0.0, found.n - 1, "paired"), found.n, found.n)


def _contrast(effect: float, tolerance: float, noise: _Noise | None, before: int, after: int) -> Contrast:
    """What follows from an effect and the noise of so many runs on each side."""
    exceeds = abs(effect) > tolerance and not math.isclose(abs(effect), tolerance, rel_tol=1e-9)
    if noise is None:
        return _unknown(effect, before, after) if exceeds else Contrast(standing="not-established", effect=effect)
    scale = max(abs(effect), noise.before, noise.after) or 1.0  # so that no square overflows
    noise, found = noise.over(scale), effect / scale
    error, degrees = noise.error(before, after)
    far = quantile((1 + CONFIDENCE) / 2, degrees) * error
    standing: Standing
    more: int | None
    if not exceeds:
        standing, more = "not-established", None
    elif abs(found) > far and (error > 0 or degrees >= EXACT_DEGREES):
        standing, more = "established", 0
    else:
        more = _more(abs(found), noise, before, after)
        standing = "needs-seeds" if more is not None and more <= WORTH_RUNNING else "not-established"
    return Contrast(
        standing=standing,
        effect=effect,
        low=_finite((found - far) * scale),
        high=_finite((found + far) * scale),
        noise=_finite(math.hypot(noise.before, noise.after) / math.sqrt(2) * scale),
        degrees=degrees,
        method=noise.method,
        more_seeds=more,
    )


@dataclass(frozen=True, slots=True)
class _Noise:
    """The standard deviation of each side, and what it is known by; of pairs, that of their differences, and none."""

    before: float
    after: float
    degrees: float  # of a standard deviation that both sides share
    method: Method

    def over(self, scale: float) -> _Noise:
        return replace(self, before=self.before / scale, after=self.after / scale)

    def error(self, before: int, after: int) -> tuple[float, float]:
        """The standard error of the difference of two means, and its degrees of freedom."""
        if self.method == "paired":
            return self.before / math.sqrt(before), before - 1
        one, other = self.before**2 / before, self.after**2 / after
        if self.method != "welch":
            return math.sqrt(one + other), self.degrees
        both = one + other
        if not both:
            return 0.0, before + after - 2
        return math.sqrt(both), 1 / ((one / both) ** 2 / (before - 1) + (other / both) ** 2 / (after - 1))


def _noise(before: Sample, after: Sample, floor: Floor | None) -> _Noise | None:
    """What is known of the noise of both sides."""
    if before.sd is not None and after.sd is not None and min(before.n, after.n) > 1:
        return _Noise(before.sd, after.sd, 0, "welch")
    own = [(one.sd, one.n - 1.0) for one in (before, after) if one.sd is not None and one.n > 1]
    known = pooled([*own, (floor.sd, floor.degrees)] if floor is not None else own)
    if known is None:
        return None
    return _Noise(known.sd, known.sd, known.degrees, "pooled" if own else "floor")


def _more(effect: float, noise: _Noise, before: int, after: int) -> int | None:
    """The smallest number of more seeds of each side that would establish an effect with the probability `POWER`."""
    if not effect:  # it is lost beside the noise
        return None
    apart = noise if noise.method == "paired" else replace(noise, method="welch")
    least = (_Z_CONFIDENCE + _Z_POWER) / effect
    low, high = 0, MOST
    while high - low > 1:  # as if t were the normal distribution, which takes the fewest seeds …
        middle = (low + high) // 2
        low, high = (low, middle) if apart.error(before + middle, after + middle)[0] * least <= 1 else (middle, high)
    for more in range(high, MOST):  # … and from there on as it is
        error, degrees = apart.error(before + more, after + more)
        if effect >= (quantile((1 + CONFIDENCE) / 2, degrees) + quantile(POWER, degrees)) * error:
            return more
    return None


def _unknown(effect: float, before: int, after: int) -> Contrast:
    return Contrast(standing="unknown", effect=effect, more_seeds=max(1, FIRST_SEEDS - min(before, after)))


def _finite(value: float) -> float:
    return max(-LARGEST, min(LARGEST, value))
