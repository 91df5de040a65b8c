"""Names and numbers in printed lines: `epoch 3/10 loss: 0.31 acc=0.9`. Only what is certainly one of each."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_MOST_WORDS = 3  # "Train Loss:" is Train_Loss; more words are a sentence
_MOST_BARE_WORDS = 2  # without a colon: "val loss 0.4"
_BETWEEN = {"a", "after", "and", "at", "by", "for", "from", "in", "is", "of", "on", "the", "to", "took", "was", "x"}

# What is printed to colour a terminal, and the words of a log before its message.
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PREFIX = re.compile(
    r"^\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\]?\s*[-|:]?\s*)?"
    r"(?:\[?(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)\]?\b\s*[-|:]?\s*)?"
)
_CALL = re.compile(r"\w\([^)]*\w=")  # Namespace(lr=0.1): settings, printed as Python shows them
_BAR = re.compile(r"\d%\||it/s|s/it")  # a progress bar

_MAYBE = re.compile(r"[:=]['\"]?\s*[-+]?[.\dni]|step|epoch|iter", re.IGNORECASE)  # most lines are neither
_NO_QUOTES = {ord("'"): None, ord('"'): None}  # {'loss': 0.3}
_TOKEN = re.compile(r"[^\s,;|()\[\]{}=]+|[,;|()\[\]{}=]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:/[A-Za-z0-9_-]+){0,3}")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf)", re.IGNORECASE | re.ASCII)
_OF = re.compile(r"(\d{1,18})/(\d{1,18})", re.ASCII)
_TIGHT = re.compile(
    r"([A-Za-z][A-Za-z0-9_/-]*):([+-]?\d*\.\d+(?:[eE][+-]?\d+)?)", re.ASCII
)  # loss:0.31, but no host:8080
_STEPS = {"global_step": 0, "step": 1, "iteration": 2, "iter": 2, "epoch": 3}  # the finest of a line counts


class _Token(NamedTuple):
    """`kind`: name, colon (a name with its colon), equals, number, of (3/10), mark, or other."""

    kind: str
    text: str


class Pair(NamedTuple):
    """A name and its number, as one line says them."""

    name: str
    value: float
    whole: int | None  # the number, when it counts something

    @property
    def fineness(self) -> int | None:
        """The lower, the finer the steps that it counts; None when it is no step."""
        return _STEPS.get(_step_name(self.name)) if self.whole is not None else None


def is_step(name: str) -> bool:
    """Whether a name counts steps, and is no metric itself."""
    return _step_name(name) in _STEPS


def _step_name(name: str) -> str:
    return name.lower().removeprefix("train_")


def pairs(line: str) -> list[Pair]:
    """The names and numbers of one line: `a: 1`, `a = 1`, and `a 1` where the whole line is made of pairs."""
    if not _MAYBE.search(line):
        return []
    line = _COLOURS.sub("", line)
    line = line[_PREFIX.match(line).end() :]  # type: ignore[union-attr]  # it matches nothing at least
    if _CALL.search(line) or _BAR.search(line):
        return []
    tokens = _tokens(line)
    found, used = _explicit(tokens)
    read = [(_bare(part), part) for part in _parts(tokens, used)]
    bare = [pair for whole, _ in read for pair in whole or []]
    steps = [pair for whole, part in read if whole is None for pair in _steps(part)]
    says = bool(found) or any(is_step(pair.name) for pair in [*bare, *steps])
    begins = bool(tokens) and is_step(tokens[0].text)
    if not (found or begins or (bare and says)):
        return []
    return [*steps, *bare, *found]


def _parts(tokens: list[_Token], used: set[int]) -> list[list[_Token]]:
    """What stands between commas and explicit pairs, without brackets and dashes."""
    parts: list[list[_Token]] = [[]]
    for index, token in enumerate(tokens):
        if index in used or (token.kind == "mark" and token.text in ",;|"):
            parts.append([])
        elif token.kind != "mark":
            parts[-1].append(token)
    return [part for part in parts if part]


def _tokens(line: str) -> list[_Token]:
    return [token for text in _TOKEN.findall(line.translate(_NO_QUOTES)) for token in _read(text)]


@lru_cache(maxsize=1 << 16)  # most words of a log come again
def _read(text: str) -> tuple[_Token, ...]:
    if tight := _TIGHT.fullmatch(text):
        return _Token("colon", tight[1]), _Token("number", tight[2])
    if text[-1:] == ":" and (_NUMBER.fullmatch(text[:-1]) or _OF.fullmatch(text[:-1])):  # step 3: loss 0.3
        return _token(text[:-1]), _Token("mark", ":")
    return (_token(text),)


def _token(text: str) -> _Token:
    if text in ("=", ":"):
        return _Token("equals", text)
    if len(text) == 1 and not text.isalnum():
        return _Token("mark", text)
    if _NUMBER.fullmatch(text):
        return _Token("number", text)
    if _OF.fullmatch(text):
        return _Token("of", text)
    if _NAME.fullmatch(text):
        return _Token("name", text)
    if text.endswith(":") and _NAME.fullmatch(text[:-1]):
        return _Token("colon", text[:-1])
    return _Token("other" if text.strip("-–—>*#.") else "mark", text)


def _explicit(tokens: list[_Token]) -> tuple[list[Pair], set[int]]:
    """Pairs with a colon or an equals sign, and the places of their tokens."""
    found: list[Pair] = []
    used: set[int] = set()
    for index, token in enumerate(tokens):
        colon = token.kind == "colon"
        sign = token.kind == "equals" and index > 0 and tokens[index - 1].kind == "name"
        if not (colon or sign) or index + 1 >= len(tokens):
            continue
        value = tokens[index + 1]
        last = index if colon else index - 1
        first = last
        while first > 0 and tokens[first - 1].kind == "name" and first - 1 not in used:
            first -= 1
        name = "_".join(token.text for token in tokens[first : last + 1])
        pair = _pair(name, value)
        if pair is None or last - first >= _MOST_WORDS or not _ends(tokens, index + 2):
            continue
        found.append(pair)
        used.update(range(first, index + 2))
    return found, used


def _ends(tokens: list[_Token], index: int) -> bool:
    """Whether a number may end before this token: no unit, no further number of a list, no sentence goes on."""
    if index >= len(tokens):
        return True
    token = tokens[index]
    following = tokens[index + 1].kind if index + 1 < len(tokens) else ""
    if token.kind == "mark":
        return not (token.text == "," and following in ("number", "of", "other"))
    if token.kind == "colon":
        return True
    if token.kind != "name" or token.text.lower() in _BETWEEN:
        return False
    while following == "name":
        index += 1
        following = tokens[index + 1].kind if index + 1 < len(tokens) else ""
    return following in ("equals", "colon", "number", "of")


def _bare(tokens: list[_Token]) -> list[Pair] | None:
    """Names followed by numbers and nothing else; None when something else is there."""
    found: list[Pair] = []
    words: list[str] = []
    for token in tokens:
        if token.kind == "name" and len(words) < _MOST_BARE_WORDS and token.text.lower() not in _BETWEEN:
            words.append(token.text)
            continue
        pair = _pair("_".join(words), token) if words else None
        if pair is None:
            return None
        found.append(pair)
        words = []
    return None if words else found


def _steps(tokens: list[_Token]) -> list[Pair]:
    """`Epoch 3/10` and `step 40` within other words."""
    near = [(name.text, value) for name, value in pairwise(tokens) if name.kind == "name"]
    found = [_pair(name, value) for name, value in near if is_step(name)]
    return [pair for pair in found if pair is not None and pair.whole is not None]


def _pair(name: str, value: _Token) -> Pair | None:
    """None for what is no number, and for counts like 3/10 of anything but steps."""
    if value.kind == "of" and is_step(name):
        whole = int(value.text.partition("/")[0])
        return Pair(name, float(whole), whole)
    if value.kind != "number":
        return None
    number = float(value.text)
    whole_number = int(number) if math.isfinite(number) and number == int(number) and 0 <= number < 1 << 62 else None
    return Pair(name, number, whole_number)
