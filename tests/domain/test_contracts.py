"""Contracts: what can be said, what bytes keep them, and which outputs can be read as which inputs."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.contract_checks import contract_checks
from goldfish.domain.contract_grammar import CONTRACT_KEYS, check_contract, read_contract, resolve_contract
from goldfish.domain.contract_matching import incompatible, observed, violations
from goldfish.domain.contracts import ArrayContract, ColumnContract, Contract
from goldfish.domain.dtypes import fits, is_dtype
from goldfish.domain.problems import Problems
from goldfish.domain.values import InputPlan, OutputPlan, SignalType, StagePlan


def contract(signal: SignalType, **said: Any) -> Contract:
    problems = Problems()
    result = read_contract("contract", signal, said, problems)
    assert problems.found == []
    return result


def problems(signal: SignalType | None, said: dict[str, Any]) -> list[str]:
    found = Problems()
    check_contract("contract", signal, said, found)
    return found.found


class TestWhatIsWritten:
    def test_an_array_has_a_shape_a_rank_and_a_dtype(self):
        found = contract("npy", shape=[None, -1, 64], rank=3, dtype="float32")
        assert found == Contract(shape=[None, None, 64], rank=3, dtype="float32")

    def test_arrays_of_an_archive_are_named(self):
        found = contract("npz", arrays={"x": {"shape": [None, 2]}, "y": None})
        assert found.arrays == {"x": ArrayContract(shape=[None, 2]), "y": ArrayContract()}

    def test_columns_are_a_list_of_names_or_names_with_dtypes(self):
        assert contract("csv", columns=["a", "b"]).columns == [ColumnContract(name="a"), ColumnContract(name="b")]
        typed = contract("parquet", columns={"b": "int64", "a": None}, exact=False, ordered=False)
        assert typed.columns == [ColumnContract(name="b", dtype="int64"), ColumnContract(name="a")]
        assert (typed.exact, typed.ordered) == (False, False)

    def test_other_types_say_what_they_can(self):
        assert contract("json", kind="list").json_kind == "list"
        assert contract("file", content_type="image/png", description="a plot").content_type == "image/png"
        assert contract("directory", enforcement="record").enforcement == "record"

    @pytest.mark.parametrize(
        ("signal", "said", "why"),
        [
            ("npy", {"shape": [1, 2], "rank": 3}, "the rank is 3, but the shape [1, 2] has 2 axes"),
            ("npy", {"shape": [1, -2]}, "a length is a whole number, or null for any; -2 is neither"),
            ("npy", {"shape": [True]}, "True is neither"),
            ("npy", {"shape": 3}, "a shape is a list of lengths"),
            ("npy", {"rank": -1}, "a whole number from 0 to 64"),
            ("npy", {"rank": 2.0}, "a whole number from 0 to 64"),
            ("npy", {"dtype": "flaot32"}, "did you mean 'float32'?"),
            ("npy", {"dtype": ["float32"]}, "is no dtype"),
            ("npy", {"columns": ["a"]}, "it belongs to csv and parquet, not npy"),
            ("npy", {"shpae": [1]}, "did you mean 'shape'?"),
            ("npy", {"kind": "tensor"}, "it belongs to json, not npy"),
            ("npz", {"arrays": {"x": {"columns": []}}}, "unknown key 'columns'"),
            ("npz", {"arrays": ["x"]}, "a mapping of keys to values"),
            ("csv", {"columns": []}, "there are 0 columns"),
            ("csv", {"columns": "a"}, "a list of names, or a mapping of names to dtypes, not text"),
            ("csv", {"columns": ["a", "a"]}, "the column 'a' is named twice"),
            ("csv", {"columns": ["a", 1]}, "it is a number, not text"),
            ("csv", {"columns": {"a": "wide"}}, "is no dtype"),
            ("csv", {"columns": ["a"], "exact": "yes"}, "this is true or false, not 'yes'"),
            ("json", {"kind": "array"}, "this is one of object, list, not 'array'"),
            ("file", {"content_type": 1}, "it is a number, not text"),
            ("file", {"enforcement": "stop"}, "this is one of block, warn, record, not 'stop'"),
            (None, {"shape": [1], "columns": ["a"], "colums": []}, "did you mean 'columns'?"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, signal: SignalType | None, said: dict[str, Any], why: str):
        [found] = problems(signal, said)
        assert why in found


class TestPlaceholders:
    SAID: ClassVar[dict[str, Any]] = {
        "shape": [None, "{model.width}"],
        "dtype": "{precision}",
        "description": "{not} filled",
    }

    def test_they_are_left_open_until_the_configuration_is_known(self):
        assert problems("npy", self.SAID) == []

    def test_they_take_the_values_of_the_configuration(self):
        found = Problems()
        config = {"model": {"width": 64}, "precision": "float16"}
        result = resolve_contract("contract", "npy", self.SAID, config, found)
        assert (found.found, result) == (
            [],
            Contract(shape=[None, 64], dtype="float16", description="{not} filled"),
        )

    def test_a_whole_list_can_come_from_the_configuration(self):
        found = Problems()
        said = {"columns": "{features}"}
        result = resolve_contract("contract", "csv", said, {"features": ["a", "b"]}, found)
        assert problems("csv", said) == []
        assert result == Contract(columns=[ColumnContract(name="a"), ColumnContract(name="b")])

    @pytest.mark.parametrize(
        ("config", "why"),
        [
            ({"precision": "float16"}, "the configuration has no key 'model.width', which {model.width} stands for"),
            ({"precision": "float16", "model": 3}, "no key 'model.width'"),
            ({"precision": "half", "model": {"width": 1}}, "'half' is no dtype"),
            ({"precision": "float16", "model": {"width": "wide"}}, "'wide' is neither"),
        ],
    )
    def test_what_they_stand_for_has_to_make_sense(self, config: dict[str, Any], why: str):
        found = Problems()
        assert resolve_contract("contract", "npy", self.SAID, config, found) is None
        assert why in found.found[0]


class TestBytes:
    @pytest.mark.parametrize(
        ("signal", "said", "described", "why"),
        [
            ("npy", {"shape": [None, 3]}, {"shape": [9, 3], "dtype": "int8"}, []),
            ("npy", {"shape": [None, 3]}, {"shape": [9, 4]}, ["its shape is [9, 4], not [any, 3]"]),
            ("npy", {"shape": [None, 3]}, {"shape": [9]}, ["its shape is [9], not [any, 3]"]),
            ("npy", {"shape": []}, {"shape": []}, []),
            ("npy", {"rank": 2}, {"shape": [9]}, ["it has 1 axes, not 2"]),
            ("npy", {"dtype": "float32"}, {"dtype": "float64"}, ["its dtype is float64, not float32"]),
            ("npy", {"dtype": "str"}, {"dtype": "<U7"}, []),
            ("npy", {"dtype": "f4"}, {"dtype": "float32"}, []),
            ("npy", {"dtype": "float32"}, {"dtype": ">f4"}, ["its dtype is >f4, not float32"]),
            ("npz", {"arrays": {"x": {"rank": 1}}}, {"arrays": {"x": {"shape": [1]}, "y": {"shape": []}}}, []),
            ("npz", {"arrays": {"x": {}}}, {"arrays": {"y": {}}}, ["it has no array 'x'; it has 'y'"]),
            (
                "npz",
                {"arrays": {"x": {"dtype": "bool"}}},
                {"arrays": {"x": {"dtype": "int8"}}},
                ["array 'x': its dtype is int8, not bool"],
            ),
            ("csv", {"columns": ["a", "b"]}, {"columns": ["a", "b"]}, []),
            ("csv", {"columns": ["a", "b"]}, {"columns": ["a"]}, ["it has no column 'b'; it has 'a'"]),
            ("csv", {"columns": ["a"]}, {"columns": ["a", "b"]}, ["it has the further column 'b'"]),
            ("csv", {"columns": ["a"], "exact": False}, {"columns": ["b", "a"]}, []),
            (
                "csv",
                {"columns": ["a", "b"]},
                {"columns": ["b", "a"]},
                ["its columns stand in another order: 'b', 'a'"],
            ),
            ("csv", {"columns": ["a", "b"], "ordered": False}, {"columns": ["b", "a"]}, []),
            ("csv", {"columns": {"a": "float32"}}, {"columns": ["a"], "dtypes": {"a": "int64"}}, []),
            ("csv", {"columns": {"a": "int8"}}, {"columns": ["a"], "dtypes": {"a": "null"}}, []),
            ("csv", {"columns": {"a": "str"}}, {"columns": ["a"], "dtypes": {"a": "int64"}}, []),
            (
                "csv",
                {"columns": {"a": "int64"}},
                {"columns": ["a"], "dtypes": {"a": "float64"}},
                ["the column 'a' is float64, not int64"],
            ),
            (
                "parquet",
                {"columns": {"a": "float32"}},
                {"columns": ["a"], "dtypes": {"a": "int64"}},
                ["the column 'a' is int64, not float32"],
            ),
            ("json", {"kind": "list"}, {"kind": "array"}, []),
            ("json", {"kind": "object"}, {"kind": "array"}, ["it holds a list, not an object"]),
            ("file", {"content_type": "text/plain"}, {}, []),
            ("directory", {"content_type": "images"}, {"files": 3}, []),
            ("npy", {"shape": [3], "dtype": "int8"}, {}, []),
        ],
    )
    def test_bytes_are_what_their_contract_says_or_it_is_told_what_is_not(
        self, signal: SignalType, said: dict[str, Any], described: dict[str, Any], why: list[str]
    ):
        assert violations(contract(signal, **said), signal, described) == why


class TestTwoContracts:
    @pytest.mark.parametrize(
        ("signal", "promised", "wanted", "why"),
        [
            ("npy", {"shape": [None, 3]}, {"shape": [10, None]}, []),
            ("npy", {"shape": [None, 3]}, {"shape": [None, 4]}, ["the shape [any, 3] is promised, [any, 4] wanted"]),
            ("npy", {"shape": [None, 3]}, {"rank": 1}, ["2 axes are promised, 1 wanted"]),
            ("npy", {"rank": 2}, {"shape": [None]}, ["2 axes are promised, 1 wanted"]),
            ("npy", {"dtype": "int8"}, {"dtype": "int16"}, ["the dtype int8 is promised, int16 wanted"]),
            ("npy", {}, {"dtype": "int16", "shape": [3]}, []),
            ("npz", {"arrays": {"x": {}}}, {"arrays": {"y": {}}}, ["no array 'y' is promised; there is 'x'"]),
            (
                "npz",
                {"arrays": {"x": {"rank": 1}}},
                {"arrays": {"x": {"rank": 2}}},
                ["array 'x': 1 axes are promised, 2 wanted"],
            ),
            (
                "csv",
                {"columns": ["a"]},
                {"columns": ["b"], "exact": False},
                ["no column 'b' is promised; there is 'a'"],
            ),
            ("csv", {"columns": ["a"], "exact": False}, {"columns": ["b"], "exact": False}, []),
            ("csv", {"columns": ["a", "b"]}, {"columns": ["a"]}, ["the further column 'b' would come"]),
            (
                "csv",
                {"columns": ["a", "b"]},
                {"columns": ["b", "a"]},
                ["the columns are promised in another order: 'a', 'b'"],
            ),
            ("csv", {"columns": ["a", "b"]}, {"columns": ["b", "a"], "ordered": False}, []),
            (
                "parquet",
                {"columns": {"a": "int8"}},
                {"columns": {"a": "int16"}},
                ["the column 'a' is promised as int8, wanted as int16"],
            ),
            ("json", {"kind": "list"}, {"kind": "object"}, ["a list is promised, an object wanted"]),
            ("file", {"content_type": "a/b"}, {"content_type": "a/c"}, ["a/b is promised, a/c wanted"]),
        ],
    )
    def test_an_output_is_held_against_what_its_reader_wants(
        self, signal: SignalType, promised: dict[str, Any], wanted: dict[str, Any], why: list[str]
    ):
        assert incompatible(contract(signal, **promised), contract(signal, **wanted)) == why


def described() -> st.SearchStrategy[tuple[SignalType, dict[str, Any]]]:
    """What capture may say of bytes, with its type."""
    array = st.fixed_dictionaries(
        {
            "shape": st.lists(st.integers(0, 9), max_size=4),
            "dtype": st.sampled_from(["float32", "int64", "<U3", ">f4", "|S2", "bool", "[('a', '<i4')]"]),
        }
    )
    names = st.lists(st.text(max_size=4), min_size=1, max_size=4, unique=True)
    dtypes = st.sampled_from(["int64", "float64", "str", "bool", "null", "timestamp[ns]", "list<item: double>"])
    table = names.flatmap(
        lambda found: st.fixed_dictionaries(
            {"columns": st.just(found), "dtypes": st.fixed_dictionaries(dict.fromkeys(found, dtypes))}
        )
    )
    kinds = st.sampled_from(["object", "array", "string", "null"])
    return st.one_of(
        st.tuples(st.just("npy"), array),
        st.tuples(st.just("npz"), st.fixed_dictionaries({"arrays": st.dictionaries(st.text(max_size=3), array)})),
        st.tuples(st.sampled_from(["csv", "parquet"]), table),
        st.tuples(st.just("json"), st.fixed_dictionaries({"kind": kinds})),
        st.tuples(st.sampled_from(["file", "directory"]), st.just({})),
    )


class TestObservation:
    @given(described())
    def test_bytes_keep_the_contract_that_was_seen_in_them(self, found: tuple[SignalType, dict[str, Any]]):
        signal, known = found
        seen = observed(signal, known)
        assert seen is None or violations(seen, signal, known) == []
        assert seen is None or incompatible(seen, seen) == []

    def test_the_first_axis_is_left_open(self):
        assert observed("npy", {"shape": [100, 64], "dtype": "float32"}) == Contract(shape=[None, 64], dtype="float32")

    def test_columns_that_held_nothing_have_no_dtype(self):
        seen = observed("csv", {"columns": ["a", "b"], "dtypes": {"a": "int64", "b": "null"}, "rows": 3})
        assert seen == Contract(columns=[ColumnContract(name="a", dtype="int64"), ColumnContract(name="b")])

    def test_nothing_is_seen_in_files_and_in_single_values(self):
        assert observed("file", {}) is None
        assert observed("json", {"kind": "number"}) is None


class TestDtypes:
    @pytest.mark.parametrize(
        "name",
        [
            *("float32", "<f4", "f4", "bool", "str", "<U10", "object", "complex128", "[('a', '<i4')]"),
            *("datetime64", "datetime64[ns]", "timestamp[ns, tz=UTC]", "date32[day]", "decimal128(10, 2)"),
            "list<item: double>",
        ],
    )
    def test_known_ones_are_known(self, name: str):
        assert is_dtype(name)

    @pytest.mark.parametrize("name", ["", "float", "float33", "flaot32", "wide", "x" * 300, "<"])
    def test_others_are_not(self, name: str):
        assert not is_dtype(name)

    def test_generic_ones_take_any_length_and_unit(self):
        assert fits("<U7", "str")
        assert fits("|S7", "bytes")
        assert fits("datetime64[ns]", "datetime64")
        assert not fits("<U7", "<U8")
        assert not fits("<U7", "bytes")


class TestTheCheck:
    STAGE = StagePlan(
        name="train",
        inputs=[InputPlan(name="x", type="npy", digest="sha256:1", ref="run-1/a.x", contract=Contract(rank=1))],
        outputs=[
            OutputPlan(name="model", type="npy", contract=Contract(rank=2, enforcement="warn")),
            OutputPlan(name="free", type="json"),
        ],
    )

    def verdicts(self, **known: Any) -> list[tuple[str, str, str, str]]:
        found = contract_checks(self.STAGE, known.get("written", {}), known.get("read", {}))
        return [(check.subject, check.verdict, check.severity, check.sentence) for check in found]

    def test_passes_are_recorded_too(self):
        assert self.verdicts(read={"x": {"shape": [3]}}, written={"model": {"shape": [3, 3]}}) == [
            ("x", "passed", "block", "the input x is what its contract says"),
            ("model", "passed", "warn", "the output model is what its contract says"),
        ]

    def test_a_violation_says_what_is_wrong(self):
        assert self.verdicts(written={"model": {"shape": [3]}})[1] == (
            "model",
            "failed",
            "warn",
            "the output model is not what its contract says: it has 1 axes, not 2",
        )

    def test_what_is_not_known_is_not_judged(self):
        assert [verdict for _, verdict, _, _ in self.verdicts()] == ["not-applicable", "not-applicable"]


@given(
    st.sampled_from([None, *CONTRACT_KEYS]),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from(["{a}", "float32", "{a.b}"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["shape", "rank", "dtype", "arrays", "columns", "exact", "kind", "enforcement", "x"]),
                inner,
            )
        ),
        max_leaves=10,
    ).filter(lambda value: isinstance(value, dict)),
)
def test_any_mapping_is_a_contract_or_a_list_of_problems(signal: SignalType | None, said: dict[str, Any]):
    known = problems(signal, said)
    if signal is not None and not known:
        found = Problems()
        resolve_contract("contract", signal, said, {"a": {"b": 3}}, found)
        assert all(isinstance(problem, str) for problem in found.found)
