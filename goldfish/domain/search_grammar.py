"""What people type into a search: words, and filters among them. Read here into a value, whatever it holds.

    warm-up "exact phrase" optim* -dropout metric:accuracy>0.9 lr=3e-4 status:failed before:2026-10-01 sort:-loss

Words may hold any characters. A filter is `name:value`, or the name of a parameter, an operator and a value. Values and
names in quotes may hold spaces. What begins with `-` is to be absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from goldfish.domain.names import nearest
from goldfish.domain.notes import NoteState
from goldfish.domain.search_values import Operator, Typed, is_number, read_json, read_value
from goldfish.errors import MalformedSearch, UnknownFilter

Form = Literal["word", "phrase", "prefix"]

LONGEST = 4_000  # characters of a search …
MOST = 64  # … and words and filters in it

FIELDS: dict[str, str] = {
    "metric": "metric:accuracy>0.9",
    "param": 'param:"learning rate"=0.1',
    "sort": "sort:-loss",
    "kind": "kind:decision",
    "status": "status:failed",
    "verdict": "verdict:success",
    "stage": "stage:train",
    "input": "input:digits@r1",
    "about": "about:run-3",
    "workspace": "workspace:baseline",
    "group": "group:seeds",
    "tag": "tag:best",
    "actor": "actor:ann",
    "system": "system:mlflow",
    "id": "id:run-3",
    "before": "before:2026-10-01",
    "after": "after:2026-09-01T12:00",
}
"""The filters, each with an example."""

SearchKind = Literal[
    "run", "thought", "hypothesis", "decision", "claim", "version", "workspace", "source", "goal", "invariant"
]
KINDS: tuple[SearchKind, ...] = get_args(SearchKind)
STATUSES = (
    *("succeeded", "failed", "cancelled", "lost"),
    *("requested", "running", "parked", "finished", "imported"),
)
NOTE_STATES: tuple[NoteState, ...] = get_args(NoteState)
_CHOICES = {"kind": KINDS, "status": (*STATUSES, *NOTE_STATES)}

_FIELD = re.compile(r"([A-Za-z][\w-]*):(?![/:])")
_NAME = re.compile(r"[^\W\d](?:[\w./-]*\w)?(?=[=!<>])")
_OPERATOR = re.compile(r"==|=(?!>)|!=|<=|>=|<(?!-(?![0-9.]))|>")
_METRIC = re.compile(r"[^\s=!<>\"]+")
_SPACE = re.compile(r"\s*")
_BARE = re.compile(r"\S*")
_PLAIN = re.compile(r"[^\s\"]\S*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, the beginning of one, or a phrase: all of its words in this order."""

    text: str
    form: Form = "word"


@dataclass(frozen=True, slots=True)
class Filter:
    """`field:value`; with `name`, a metric or a parameter. Without an operator it is enough that there is one."""

    field: str
    value: Typed | datetime | None = None
    name: str | None = None
    operator: Operator | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for. Any of the `words` may occur, all of the `phrases` must, none of `without` may."""

    words: tuple[Word, ...] = ()
    phrases: tuple[Word, ...] = ()
    without: tuple[Word, ...] = ()
    filters: tuple[Filter, ...] = ()
    sort: str | None = None  # a metric; the largest first …
    ascending: bool = False  # … or the smallest

    @property
    def has_words(self) -> bool:
        """Whether something is to be found by its words."""
        return bool(self.words or self.phrases)


def read_search(text: str) -> Search:
    """What a text asks for. Raises `UnknownFilter` and `MalformedSearch`."""
    if len(text) > LONGEST:
        raise _malformed(text, f"it has {len(text)} characters, more than {LONGEST}")
    reading = _Reading(text)
    while not reading.ended:
        reading.item()
        if len(reading.words) + len(reading.without) + len(reading.filters) > MOST:
            raise _malformed(text, f"it has more than {MOST} words and filters")
    return Search(
        words=tuple(dict.fromkeys(word for word in reading.words if word.form != "phrase")),
        phrases=tuple(dict.fromkeys(word for word in reading.words if word.form == "phrase")),
        without=tuple(dict.fromkeys(reading.without)),
        filters=tuple(dict.fromkeys(reading.filters)),
        sort=reading.sort,
        ascending=reading.ascending,
    )


class _Reading:
    """A place in the text, and what was read before it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.words: list[Word] = []
        self.without: list[Word] = []
        self.filters: list[Filter] = []
        self.sort: str | None = None
        self.ascending = False
        self._take(_SPACE)

    @property
    def ended(self) -> bool:
        return self.at >= len(self.text)

    def item(self) -> None:
        """One word, phrase or filter, with the spaces after it."""
        start = self.at
        negated = self._is_negation()
        self.at += negated
        if not self._filter(start, negated):
            word = self._word()
            if word is not None:
                (self.without if negated else self.words).append(word)
        self._take(_SPACE)

    def _is_negation(self) -> bool:
        """A `-` before something: not before a number, as in -1, nor a second one, as in --option."""
        following = self.text[self.at + 1 : self.at + 2].strip()
        return self.text[self.at] == "-" and following not in ("", "-") and not following.isdigit()

    def _word(self) -> Word | None:
        if self.text[self.at] == '"':
            phrase = self._quoted().strip()
            return Word(phrase, "phrase") if phrase else None
        taken = self._take(_BARE)
        prefix = taken.rstrip("*")
        return Word(prefix, "prefix") if prefix != taken and prefix else Word(taken)

    def _filter(self, start: int, negated: bool) -> bool:
        """Whether a filter stands here; then it is read."""
        named = _FIELD.match(self.text, self.at)
        if named is not None:
            return self._field(start, named, negated)
        param = _NAME.match(self.text, self.at)
        if param is None or _OPERATOR.match(self.text, param.end()) is None:
            return False
        self.at = param.end()
        self._compared("param", param[0], start, negated)
        return True

    def _field(self, start: int, named: re.Match[str], negated: bool) -> bool:
        field, bare = named[1].lower(), not self.text[named.end() : named.end() + 1].strip()
        if field not in FIELDS:
            if bare:  # a colon at the end of a word, as in "Result: …"
                return False
            whole = _BARE.match(self.text, named.start())
            said = whole[0] if whole else field
            known = ", ".join(f"{name}:" for name in FIELDS)
            raise UnknownFilter(given=f"{named[1]}:", filters=known, text=said[:80], near=nearest(field, FIELDS))
        self.at = named.end()
        if bare:
            raise self._bad(start, "nothing follows it", field)
        if field in ("metric", "param"):
            name = self._quoted() if self.text[self.at] == '"' else self._take(_METRIC)
            if not name:
                raise self._bad(start, f"no {field} is named", field)
            self._compared(field, name, start, negated)
            return True
        self._plain(field, start, negated)
        return True

    def _compared(self, field: str, name: str, start: int, negated: bool) -> None:
        """The operator and the value after the name of a metric or a parameter."""
        found = _OPERATOR.match(self.text, self.at)
        if found is None:
            if not self.ended and not self.text[self.at].isspace():
                raise self._bad(start, "after the name comes one of = != < <= > >=", field)
            self.filters.append(Filter(field, name=name, negated=negated))
            return
        self.at = found.end()
        operator: Operator = "=" if found[0] == "==" else found[0]  # type: ignore[assignment]  # one of _OPERATOR
        value = self._value(start, field)
        if (field == "metric" or operator not in ("=", "!=")) and not is_number(value.meant):
            raise self._bad(start, f"{value.text!r} is no number", field)
        self.filters.append(Filter(field, value, name, operator, negated))

    def _plain(self, field: str, start: int, negated: bool) -> None:
        ascending = field == "sort" and self.text[self.at] == "-"
        self.at += ascending
        text = self._value(start, field).text
        if field == "sort":
            if negated:
                raise self._bad(start, "the smallest first is sort:-metric", field)
            self.sort, self.ascending = text, ascending
            return
        choices = _CHOICES.get(field)
        if choices is not None and text.lower() not in choices:
            near = nearest(text.lower(), choices)
            raise self._bad(start, f"it is one of {', '.join(choices)}", field, near)
        if field in ("before", "after"):
            self.filters.append(Filter(field, self._time(text, start, field), negated=negated))
        else:
            self.filters.append(Filter(field, Typed(text.lower() if choices else text), negated=negated))

    def _time(self, text: str, start: int, field: str) -> datetime:
        try:
            found = datetime.fromisoformat(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._bad(start, f"{text!r} is no day and no time", field) from None

    def _value(self, start: int, field: str) -> Typed:
        if self.ended or self.text[self.at].isspace():
            raise self._bad(start, "nothing follows it", field)
        if self.text[self.at] == '"':
            return Typed(self._quoted(), quoted=True)
        whole = read_json(self.text, self.at) if field == "param" else None
        if whole is not None:
            self.at = whole.end
            return whole.value
        return read_value(self._take(_BARE))

    def _quoted(self) -> str:
        """What stands between two quotes; a backslash before a quote or a backslash takes its meaning away."""
        start = self.at
        parts: list[str] = []
        at = start + 1
        while at < len(self.text):
            one = self.text[at]
            if one == '"':
                self.at = at + 1
                return "".join(parts)
            if one == "\\" and self.text[at + 1 : at + 2] in ('"', "\\"):
                at += 1
                one = self.text[at]
            parts.append(one)
            at += 1
        raise _malformed(self.text[start:], "the quote is not closed")

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        taken = found[0] if found else ""
        self.at += len(taken)
        return taken

    def _bad(self, start: int, why: str, field: str, near: tuple[str, ...] = ()) -> MalformedSearch:
        given = _BARE.match(self.text, start)
        return _malformed(given[0] if given else "", why, FIELDS[field], near)


def _malformed(
    given: str, why: str, example: str = 'warm-up "learning rate" lr=3e-4', near: tuple[str, ...] = ()
) -> MalformedSearch:
    return MalformedSearch(given=given[:80], why=why, example=example, near=near)


def written(search: Search) -> str:
    """The search as it could be typed."""
    parts = [_word(word) for word in (*search.words, *search.phrases)]
    parts += [f"-{_word(word)}" for word in search.without]
    parts += [("-" if one.negated else "") + _filter(one) for one in search.filters]
    if search.sort is not None:
        parts.append(f"sort:{'-' if search.ascending else ''}{_quote(search.sort)}")
    return " ".join(parts)


def _word(word: Word) -> str:
    if word.form == "phrase":
        return _quote(word.text)
    return word.text + "*" * (word.form == "prefix")


def _filter(one: Filter) -> str:
    if isinstance(one.value, datetime):
        return f"{one.field}:{one.value.isoformat()}"
    if one.name is None and one.value is not None:
        text = one.value.text
        return f"{one.field}:{text if _PLAIN.fullmatch(text) else _quote(text)}"
    value = one.value.written() if one.value else ""
    return f"{one.field}:{_quote(one.name or '')}{one.operator or ''}{value}"


def _quote(text: str) -> str:
    return Typed(text, quoted=True).written()
