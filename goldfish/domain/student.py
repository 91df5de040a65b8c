"""Student's t distribution: how far a mean of few values may be off.

The distribution function is the regularized incomplete beta function (NIST Digital Library of Mathematical Functions,
8.17.22), its continued fraction evaluated by Lentz's method (Numerical Recipes, 6.4).
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL_FROM = 1e7  # degrees of freedom from which on t and the normal distribution are the same to seven digits
_TINY = 1e-300


@lru_cache(maxsize=1024)
def quantile(probability: float, degrees: float) -> float:
    """The value that t stays below with a probability between 0 and 1; `degrees` of freedom need not be whole."""
    if probability < 0.5:
        return -quantile(1 - probability, degrees)
    found = NormalDist().inv_cdf(probability)
    if degrees >= _NORMAL_FROM:
        return found
    for _ in range(200):  # the function is concave here: Newton's steps come closer from below, and never go beyond
        step = (probability - below(found, degrees)) / _density(found, degrees)
        found += step
        if step <= 1e-13 * found:
            break
    return found


def below(value: float, degrees: float) -> float:
    """The probability that t is at most `value`."""
    if value < 0:
        return 1 - below(-value, degrees)
    square = value * value
    return 1 - 0.5 * _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square))


def _density(value: float, degrees: float) -> float:
    logarithm = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2) - math.log(degrees * math.pi) / 2
    return math.exp(logarithm - (degrees + 1) / 2 * math.log1p(value * value / degrees))


def _incomplete_beta(a: float, b: float, at: float, rest: float) -> float:
    """I_x(a, b) at x; `rest` is 1 - x, given because it may be lost in rounding."""
    if at <= 0 or rest <= 0:
        return 0.0 if at <= 0 else 1.0
    logarithm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(at) + b * math.log(rest)
    front = math.exp(logarithm)
    if at < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, at) / a
    return 1 - front * _fraction(b, a, rest) / b


def _fraction(a: float, b: float, at: float) -> float:
    c, d = 1.0, 1 / _apart(1 - (a + b) * at / (a + 1))
    found = d
    for m in range(1, 100_000):
        for step in (
            m * (b - m) * at / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * at / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _apart(1 + step * d)
            c = _apart(1 + step / c)
            found *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return found


def _apart(value: float) -> float:
    """The value, or a tiny one in place of nothing, so that it can be divided by."""
    return value if abs(value) > _TINY else _TINY
