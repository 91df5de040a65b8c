"""Series of metric points, and what their names say about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from goldfish.domain.executions import Execution

Points = Sequence[tuple[int | None, float]]
Check = Callable[[Mapping[str, Points]], Execution.CheckEvaluated]

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LOSS = {"loss", "losses", "logloss", "nll", "xent", "crossentropy", "perplexity", "ppl"}
_HELD_OUT = {"val", "valid", "validation", "eval", "evaluation", "test", "dev", "holdout"}

# A word beside "loss" that makes it something else (a scale, a count) or one term of several, which may rise while
# training goes well: KL and other regularisers start near zero, adversarial and value losses follow a moving target.
_NOT_THE_OBJECTIVE = {
    *("scale", "scaler", "scaling", "weight", "weights", "coef", "coefficient", "ratio", "count", "num", "n"),
    *("lr", "norm", "grad", "gradient", "time", "std", "var", "variance", "delta", "diff", "gap", "improvement"),
    *("kl", "kld", "reg", "regularization", "regularizer", "penalty", "aux", "auxiliary", "commit", "commitment"),
    *("entropy", "critic", "actor", "value", "vf", "policy", "pg", "td", "q", "alpha", "temperature"),
    *("gan", "adv", "adversarial", "generator", "discriminator", "gen", "disc", "g", "d"),
}


def words(metric: str) -> list[str]:
    """The words of a name, in small letters: "val/crossEntropy_loss" → val, cross, entropy, loss."""
    return [word.lower() for word in _WORDS.findall(metric)]


def is_loss(metric: str) -> bool:
    """Whether this is a training objective, which can explode.

    The last component of the path says loss, nll, cross_entropy, log_loss, xent, perplexity or ppl, and nothing that
    makes it one term of several, or a scale. Error rates and rewards are bounded or free, so they are none.
    """
    last = words(metric.rpartition("/")[2])
    pairs = set(pairwise(last))
    rest = set(last)
    if ("cross", "entropy") in pairs:
        rest = rest - {"cross", "entropy"} | {"crossentropy"}
    return bool(rest & _LOSS) and not rest & _NOT_THE_OBJECTIVE


def is_held_out(metric: str) -> bool:
    """Whether the name says that it is measured on data that is not trained on."""
    return not _HELD_OUT.isdisjoint(words(metric))


def at(points: Points, index: int) -> str:
    """Where a point stands: its step, or its place when it has none."""
    step = points[index][0]
    return f"point {index + 1}" if step is None else f"step {step}"


def count(number: int, one: str) -> str:
    """`1 point`, `2 points`."""
    return f"{number} {one if number == 1 else one + 's'}"
