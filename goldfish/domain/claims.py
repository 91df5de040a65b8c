"""What a claim asserts, by its words: that something is better, that it is worse, or that it makes no difference."""

from __future__ import annotations

import re
from typing import Literal

from goldfish.domain.specs import Direction

Assertion = Literal["better", "worse", "equal"]

_BETTER = re.compile(
    r"""\b(?:better|best|gains?|gained|improv\w*|beat(?:s|en)?|outperform\w*|wins?|won|winning|surpass\w*|exceeds?
    |promising|helps?|helped|boost\w*|ahead|superior|record|progress|thanks\s+to)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_WORSE = re.compile(
    r"""\b(?:worse|worst|degrad\w*|hurts?|harm(?:s|ed|ful)?|regress\w*|los(?:es|t|ing)|deteriorat\w*|inferior|behind
    |fails?|failed|diverge[sd]?)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_EQUAL = re.compile(
    r"""\b(?:neutral|equal(?:ly|s)?|same|unchanged|flat|ties?|tied|on\s+par|identical|indistinguishable|inconclusive
    |(?:with)?in(?:side)?\s+(?:the\s+)?noise|no\s+(?:real\s+|clear\s+|significant\s+)?(?:difference|effect|change))\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:\b(?:no|not|never|none|neither|nor|without|cannot|hardly|barely)|n['’]t)\W+(?:[\w'’]+\W+){0,2}$", re.IGNORECASE
)


def asserted(text: str) -> Assertion | None:
    """What the words of a claim say; None where they say neither, or both.

    What is said not to be better is said to make no difference: nobody claims a gain with it.
    """
    said: set[Assertion] = {"equal"} if _EQUAL.search(text) else set()
    for pattern, meant in ((_BETTER, "better"), (_WORSE, "worse")):
        for found in pattern.finditer(text):
            denied = _NOT.search(text[: found.start()]) is not None
            said.add("equal" if denied else "better" if meant == "better" else "worse")
    return said.pop() if len(said) == 1 else None


def direction_told(assertion: Assertion | None, before: float, after: float) -> Direction | None:
    """Which way a metric is better, as a claim takes it that says better or worse of two numbers."""
    if assertion not in ("better", "worse") or before == after:
        return None
    return "maximize" if (after > before) == (assertion == "better") else "minimize"


_LARGER = re.compile(
    r"(?:^|[^a-z])(?:acc|accuracy|auc|auroc|f1|precision|recall|reward|return|score|bleu|rouge|map|iou|dice|r2|psnr|ssim|"
    r"throughput|top[-_]?[0-9]+)(?:$|[^a-z])"
)
_SMALLER = re.compile(
    r"loss|error|perplexity|rmse|(?:^|[^a-z])(?:mae|mse|nll|bpb|bpc|ppl|fid|wer|cer|err|l1|l2)(?:$|[^a-z])"
)


def direction_named(metric: str) -> Direction | None:
    """Which way a metric is better by its name; None where the name does not tell."""
    name = metric.lower()
    if _SMALLER.search(name):
        return "minimize"
    return "maximize" if _LARGER.search(name) else None
