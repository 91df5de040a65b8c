"""The grammar of `contract:` under an input or an output.

A value may be one placeholder like `"{model.width}"`, which stands for a value of the stage's configuration. Whether a
contract makes sense is therefore asked twice: as written, with placeholders left open, and with their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from pydantic import JsonValue

from goldfish.domain.contracts import ArrayContract, ColumnContract, Contract, Enforcement, Shape
from goldfish.domain.dtypes import NAMES, is_dtype
from goldfish.domain.problems import Problems, brief, kind, repeated
from goldfish.domain.templates import NoSuchKey, looked_up, placeholder
from goldfish.domain.values import SignalType

ARRAY_KEYS = ("shape", "rank", "dtype")
COMMON_KEYS = ("description", "enforcement")
CONTRACT_KEYS: dict[SignalType, tuple[str, ...]] = {
    "npy": ARRAY_KEYS,
    "npz": ("arrays",),
    "csv": ("columns", "exact", "ordered"),
    "parquet": ("columns", "exact", "ordered"),
    "json": ("kind",),
    "file": ("content_type",),
    "directory": ("content_type",),
}
ALL_KEYS = (*dict.fromkeys(key for keys in CONTRACT_KEYS.values() for key in keys), *COMMON_KEYS)
KINDS = ("object", "list")
MOST_NAMES = 1_000  # columns or arrays
MOST_AXES = 64

_OTHER_WORDS = {
    "tensor": "the type of the signal says what it is: npy or npz",
    "tabular": "the type of the signal says what it is: csv or parquet",
    "dtypes": "write the dtypes into columns: {name: dtype}",
    "primary_array": "each array stands under arrays",
    "schema": "write its keys directly under contract",
}


def check_contract(where: str, signal: SignalType | None, given: Mapping[str, JsonValue], problems: Problems) -> None:
    """Report what is wrong with a contract whatever its placeholders stand for."""
    if signal is None:  # an input whose source says the type: known when the run is planned
        problems.unknown_keys(where, given, ALL_KEYS, _OTHER_WORDS)
        return
    read_contract(where, signal, _left_open(dict(given)), problems)


def resolve_contract(
    where: str,
    signal: SignalType,
    given: Mapping[str, JsonValue],
    config: Mapping[str, JsonValue],
    problems: Problems,
) -> Contract | None:
    """The contract with every placeholder replaced by its value; None when there are problems."""
    before = len(problems.found)
    values = {key: _valued(f"{where}, {key}", value, config, problems) for key, value in given.items()}
    contract = read_contract(where, signal, values, problems)
    return contract if len(problems.found) == before else None


def read_contract(where: str, signal: SignalType, given: Mapping[str, JsonValue], problems: Problems) -> Contract:
    """The contract that a mapping without placeholders says; what is wrong with it goes to `problems`."""
    problems.unknown_keys(where, given, (*CONTRACT_KEYS[signal], *COMMON_KEYS), _OTHER_WORDS | _elsewhere(signal))
    array = _array(where, given, problems) if signal == "npy" else ArrayContract()
    return Contract(
        shape=array.shape,
        rank=array.rank,
        dtype=array.dtype,
        arrays=_arrays(f"{where}, arrays", given.get("arrays"), problems) if signal == "npz" else {},
        columns=_columns(f"{where}, columns", given.get("columns"), problems),
        exact=_flag(f"{where}, exact", given.get("exact"), problems),
        ordered=_flag(f"{where}, ordered", given.get("ordered"), problems),
        json_kind=_one_of(f"{where}, kind", given.get("kind"), KINDS, problems) if signal == "json" else None,
        content_type=problems.text(f"{where}, content_type", given.get("content_type")) or None,
        description=problems.text(f"{where}, description", given.get("description")) or None,
        enforcement=_enforcement(f"{where}, enforcement", given.get("enforcement"), problems),
    )


def _elsewhere(signal: SignalType) -> dict[str, str]:
    """What to say of keys that belong to another type."""
    owners = {key: [other for other, keys in CONTRACT_KEYS.items() if key in keys] for key in ALL_KEYS}
    return {key: f"it belongs to {' and '.join(own)}, not {signal}" for key, own in owners.items() if own}


def _array(where: str, given: Mapping[str, JsonValue], problems: Problems) -> ArrayContract:
    shape = _shape(f"{where}, shape", given.get("shape"), problems)
    rank = given.get("rank")
    if rank is not None and (isinstance(rank, bool) or not isinstance(rank, int) or not 0 <= rank <= MOST_AXES):
        problems.add(f"{where}, rank", f"the rank is a whole number from 0 to {MOST_AXES}, not {brief(rank)}")
        rank = None
    if shape is not None and rank is not None and rank != len(shape):
        problems.add(where, f"the rank is {rank}, but the shape {brief(given['shape'])} has {len(shape)} axes")
    return ArrayContract(shape=shape, rank=rank, dtype=_dtype(f"{where}, dtype", given.get("dtype"), problems))


def _shape(where: str, given: JsonValue, problems: Problems) -> Shape | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) > MOST_AXES:
        problems.add(where, f"a shape is a list of lengths like [null, 64], not {brief(given)}")
        return None
    shape: Shape = []
    for length in given:
        if length is not None and (isinstance(length, bool) or not isinstance(length, int) or length < -1):
            problems.add(where, f"a length is a whole number, or null for any; {brief(length)} is neither")
        shape.append(length if isinstance(length, int) and length >= 0 else None)
    return shape


def _dtype(where: str, given: JsonValue, problems: Problems) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or not is_dtype(given):
        hint = problems.hint(given, NAMES) if isinstance(given, str) else ""
        problems.add(where, f"{brief(given)} is no dtype like float32, int64, bool or str{hint}")
        return None
    return given


def _arrays(where: str, given: JsonValue, problems: Problems) -> dict[str, ArrayContract]:
    named = problems.mapping(where, given)
    if len(named) > MOST_NAMES:
        problems.add(where, f"there are {len(named)} arrays, more than {MOST_NAMES}")
        return {}
    result: dict[str, ArrayContract] = {}
    for name, item in named.items():
        inner = f"{where}, {brief(name)}"
        fields = problems.mapping(inner, item)
        problems.unknown_keys(inner, fields, ARRAY_KEYS)
        result[problems.text(inner, name)] = _array(inner, fields, problems)
    return result


def _columns(where: str, given: JsonValue, problems: Problems) -> list[ColumnContract]:
    pairs: list[tuple[JsonValue, JsonValue]]
    if given is None:
        return []
    if isinstance(given, list):
        pairs = [(name, None) for name in given]
    elif isinstance(given, dict):
        pairs = list(given.items())
    else:
        problems.add(where, f"the columns are a list of names, or a mapping of names to dtypes, not {kind(given)}")
        return []
    if not 0 < len(pairs) <= MOST_NAMES:
        problems.add(where, f"there are {len(pairs)} columns; name 1 to {MOST_NAMES}, or leave the key out")
        return []
    result = [
        ColumnContract(name=problems.text(where, name), dtype=_dtype(f"{where}, {brief(name)}", dtype, problems))
        for name, dtype in pairs
    ]
    for name in repeated([column.name for column in result]):
        problems.add(where, f"the column {brief(name)} is named twice")
    return result


def _flag(where: str, given: JsonValue, problems: Problems) -> bool:
    return True if given is None else problems.flag(where, given)


def _one_of(where: str, given: JsonValue, known: tuple[str, ...], problems: Problems) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or given not in known:
        problems.add(where, f"this is one of {', '.join(known)}, not {brief(given)}")
        return None
    return given


def _enforcement(where: str, given: JsonValue, problems: Problems) -> Enforcement:
    for known in get_args(Enforcement):
        if given == known:
            return known  # type: ignore[no-any-return]
    _one_of(where, given, get_args(Enforcement), problems)
    return "block"


_FREE_TEXT = ("description", "content_type")


def _left_open(given: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The contract with each placeholder taken out, as far as it is not the name of something."""
    return {key: value if key in _FREE_TEXT else _opened(value, key == "columns") for key, value in given.items()}


def _opened(value: JsonValue, names: bool = False) -> JsonValue:
    match value:
        case str():
            return None if placeholder(value) is not None else value
        case list():
            return value if names else [_opened(item) for item in value]
        case dict():
            return {key: _opened(item) for key, item in value.items()}
        case _:
            return value


def _valued(where: str, value: JsonValue, config: Mapping[str, JsonValue], problems: Problems) -> JsonValue:
    match value:
        case str() if (key := placeholder(value)) is not None and where.rpartition(", ")[2] not in _FREE_TEXT:
            try:
                return looked_up(key, config)
            except NoSuchKey:
                problems.add(where, f"the configuration has no key {key!r}, which {value} stands for")
                return None
        case list():
            return [_valued(where, item, config, problems) for item in value]
        case dict():
            return {key: _valued(where, item, config, problems) for key, item in value.items()}
        case _:
            return value
