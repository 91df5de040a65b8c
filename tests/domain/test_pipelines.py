"""The grammar of pipelines: what is written is what is meant, and everything wrong is named at once."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.contract_grammar import ALL_KEYS as CONTRACT_WORDS
from goldfish.domain.ordering import cycle, ordered
from goldfish.domain.pipelines import ROOT_KEYS, Pipeline, parse_pipeline
from goldfish.domain.signal_grammar import INPUT_KEYS, OUTPUT_KEYS
from goldfish.domain.stage_grammar import STAGE_KEYS
from goldfish.domain.stages import StageOutput
from goldfish.domain.units import seconds, size
from goldfish.domain.values import Limits, Loader
from goldfish.errors import BadPipeline, UnknownStage

DIGITS = {
    "name": "digits",
    "stages": [
        {"name": "prepare", "inputs": {"raw": "source:digits"}, "outputs": {"features": "npy", "labels": "npy"}},
        {
            "name": "train",
            "description": "fits a model",
            "module": "modules/fit.py",
            "inputs": {
                "features": "prepare.features",
                "labels": {"from_stage": "prepare", "type": "npy"},
                "words": {"source": "vocabulary", "type": "csv"},
            },
            "outputs": {"model": {"type": "file"}},
            "defaults": {"lr": 0.1, "optimizer": {"name": "sgd"}},
            "environment": {"OMP_NUM_THREADS": "1"},
            "limits": {"time": "10m", "memory": "2GiB", "log": "1MiB", "outputs": 1000},
        },
    ],
}


def problems(document: dict[str, object]) -> list[str]:
    with pytest.raises(BadPipeline) as caught:
        parse_pipeline(document)
    return caught.value.facts["why"]


def problems_of_stage(**stage: object) -> list[str]:
    return problems({"stages": [{"name": "train", **stage}]})


def chain(*reads: tuple[str, str]) -> dict[str, object]:
    """Stages that each write `out`; (a, b) says that a reads from b."""
    names = list(dict.fromkeys(name for pair in reads for name in pair))
    return {
        "stages": [
            {"name": n, "inputs": {b: f"{b}.out" for a, b in reads if a == n}, "outputs": {"out": "json"}}
            for n in names
        ]
    }


class TestWhatIsWritten:
    def test_every_key_arrives(self):
        prepare, train = parse_pipeline(DIGITS).stages
        assert [(i.name, i.source, i.type) for i in prepare.inputs] == [("raw", "digits", None)]
        assert prepare.outputs == (StageOutput("features", "npy"), StageOutput("labels", "npy"))
        assert (train.description, train.module) == ("fits a model", "modules/fit.py")
        assert train.defaults == {"lr": 0.1, "optimizer": {"name": "sgd"}}
        assert train.environment == {"OMP_NUM_THREADS": "1"}
        assert train.limits == Limits(seconds=600, memory=2 << 30, log=1 << 20, outputs=1000)

    def test_an_input_takes_its_type_from_the_output_it_names(self):
        features, labels, words = parse_pipeline(DIGITS).stage("train").inputs
        assert (features.stage, features.signal, features.type) == ("prepare", "features", "npy")
        assert (labels.stage, labels.signal, labels.type) == ("prepare", "labels", "npy")
        assert (words.source, words.type) == ("vocabulary", "csv")

    def test_what_is_left_out_has_a_default(self):
        pipeline = parse_pipeline({"stages": [{"name": "train"}]})
        assert (pipeline.name, pipeline.description) == ("pipeline", "")
        assert pipeline.stages[0].module == "modules/train.py"
        assert pipeline.stages[0].limits == Limits()

    def test_parsing_changes_nothing_of_the_document(self):
        document = deepcopy(DIGITS)
        parse_pipeline(document)
        assert document == DIGITS

    def test_an_unknown_stage_is_refused_with_near_names(self):
        with pytest.raises(UnknownStage) as caught:
            parse_pipeline(DIGITS).stage("trian")
        assert caught.value.near == ("train",)
        assert "prepare, train" in caught.value.next_step


class TestShortAndLong:
    """The same pipeline can be written in several ways."""

    def test_signals_can_be_lists(self):
        prepare, train = parse_pipeline(
            {
                "stages": [
                    {"name": "prepare", "inputs": ["source:digits"], "outputs": ["features.npy", "all.parquet"]},
                    {
                        "name": "train",
                        "inputs": ["prepare.features", {"name": "x", "from_stage": "prepare", "signal": "all"}],
                        "outputs": [{"name": "model", "type": "file", "optional": True}],
                    },
                ]
            }
        ).stages
        assert [(i.name, i.source) for i in prepare.inputs] == [("digits", "digits")]
        assert prepare.outputs == (StageOutput("features", "npy"), StageOutput("all", "parquet"))
        assert [(i.name, i.stage, i.signal, i.type) for i in train.inputs] == [
            ("features", "prepare", "features", "npy"),
            ("x", "prepare", "all", "parquet"),
        ]
        assert train.outputs == (StageOutput("model", "file", optional=True),)

    def test_a_loader_is_a_path_or_a_mapping(self):
        loaders = ["loaders/t.py", "loaders/t.py:read", {"script": "loaders/t.py", "function": "read"}]
        inputs = {f"x{n}": {"source": "a", "loader": loader} for n, loader in enumerate(loaders)}
        [stage] = parse_pipeline({"stages": [{"name": "train", "inputs": inputs}]}).stages
        named = Loader(script="loaders/t.py", function="read")
        assert [i.loader for i in stage.inputs] == [Loader(script="loaders/t.py"), named, named]

    @pytest.mark.parametrize(
        ("loader", "why"),
        [
            ("../t.py", "is not a path within the workspace"),
            ("t.py:a b", "'a b' is no name of a function"),
            ("t.py:", "'' is no name of a function"),
            ({"scirpt": "t.py"}, "did you mean 'script'?"),
            ({}, "is not a path within the workspace"),
            (3, "a mapping of keys to values, not a number"),
        ],
    )
    def test_a_loader_is_a_function_of_a_file(self, loader: object, why: str):
        assert any(why in problem for problem in problems_of_stage(inputs={"x": {"source": "a", "loader": loader}}))

    @pytest.mark.parametrize(
        ("signals", "why"),
        [
            ({"inputs": ["prepare"]}, "input 'prepare': 'prepare' names no place"),
            ({"inputs": ["source:a.b"]}, "item 1: 'a.b' is not a usable name"),
            ({"inputs": [{"source": "a"}]}, "item 1: it has no name"),
            ({"inputs": [3]}, "item 1: an item is a short text or a mapping with a name, not a number"),
            ({"inputs": "source:a"}, "a mapping of keys to values, not text"),
            ({"outputs": ["model"]}, "output 'model': the type is one of"),
            ({"outputs": ["model.pt"]}, "output 'model': the type is one of"),
            ({"outputs": ["x.npy", "x.csv"]}, "two signals are named 'x'"),
            ({"outputs": {"x": {"type": "npy", "optional": "no"}}}, "this is true or false, not 'no'"),
        ],
    )
    def test_an_item_says_its_name(self, signals: dict[str, object], why: str):
        assert any(why in problem for problem in problems_of_stage(**signals))


class TestCommands:
    def test_a_command_is_a_program_and_its_arguments(self):
        [stage] = parse_pipeline({"stages": [{"name": "train", "command": ["./fit", "--lr", "{lr}", ""]}]}).stages
        assert (stage.command, stage.module) == (("./fit", "--lr", "{lr}", ""), "")

    @pytest.mark.parametrize(
        ("command", "why"),
        [
            ("python fit.py --lr {lr}", 'not a line for a shell: ["python", "fit.py", "--lr", "{lr}"]'),
            ([], "not empty"),
            ({"a": 1}, "not a mapping"),
            (["python", 3], "item 2: an item is text, not a number; quote it"),
            ([""], "item 1: the name of the program is empty"),
            (["a", "{lr"], "item 2: a single { at character 1"),
            (["../fit"], "leads out of the workspace"),
            (["a\0b"], "it holds characters that are not text"),
            (["a"] * 2000, "it has 2000 items, more than 1000"),
        ],
    )
    def test_a_command_that_is_none_is_refused(self, command: object, why: str):
        assert why in problems_of_stage(command=command)[0]

    def test_a_stage_is_either_a_module_or_a_command(self):
        assert problems_of_stage(command=["a"], module="modules/a.py") == [
            "stage 'train': say either module or command"
        ]


class TestGathering:
    def test_a_stage_that_gathers_has_an_output_that_others_can_read(self):
        train = {"name": "train", "command": ["fit"], "gather": True, "outputs": {"model": "file"}}
        use = {"name": "use", "inputs": {"made": "train.files"}}
        train_, use_ = parse_pipeline({"stages": [train, use]}).stages
        assert train_.gather
        assert [(o.name, o.type, o.optional) for o in train_.outputs] == [
            ("model", "file", False),
            ("files", "directory", True),
        ]
        assert use_.inputs[0].type == "directory"

    def test_its_name_is_taken(self):
        assert problems_of_stage(gather=True, outputs={"files": "directory"}) == [
            "stage 'train': with gather, the output 'files' is the files that the stage added or changed"
        ]

    def test_without_it_nothing_is_gathered(self):
        [stage] = parse_pipeline({"stages": [{"name": "train", "gather": False}]}).stages
        assert (stage.gather, stage.outputs) == (False, ())

    def test_it_is_true_or_false(self):
        assert "this is true or false, not 'yes'" in problems_of_stage(gather="yes")[0]


class TestResults:
    SPEC: ClassVar[dict[str, object]] = {"metric": "accuracy", "direction": "maximize"}

    def test_a_stage_is_judged_by_its_own_spec_or_by_the_one_at_the_root(self):
        own = {"metric": "loss", "direction": "minimize"}
        stages = [{"name": "a", "results": own}, {"name": "b", "results": True}, {"name": "c"}]
        a, b, c = parse_pipeline({"results": self.SPEC, "stages": stages}).stages
        assert [s.results and s.results.metric for s in (a, b, c)] == ["loss", "accuracy", None]

    def test_true_needs_a_spec_at_the_root(self):
        assert "true stands for the results at the root" in problems_of_stage(results=True)[0]

    def test_a_spec_that_makes_no_sense_is_refused(self):
        assert "direction" in problems_of_stage(results={"metric": "loss", "direction": "down"})[0]


class TestNames:
    def test_a_named_pipeline_is_called_as_its_file(self):
        assert parse_pipeline({"stages": [{"name": "a"}]}, "pipelines/sweep.yaml").name == "sweep"
        assert parse_pipeline({"name": "sweep", "stages": [{"name": "a"}]}, "pipelines/sweep.yaml").name == "sweep"

    def test_another_name_is_refused(self):
        with pytest.raises(BadPipeline, match="write 'sweep', or leave it out"):
            parse_pipeline({"name": "other", "stages": [{"name": "a"}]}, "pipelines/sweep.yaml")


class TestOtherWords:
    """Whoever comes from another tool is told what the word is here."""

    @pytest.mark.parametrize(
        ("stage", "why"),
        [
            ({"runtime": "rust"}, "unknown key 'runtime': leave it out"),
            ({"entrypoint": "x"}, "unknown key 'entrypoint': write command"),
            ({"inputs": {"x": {"dataset": "d"}}}, "unknown key 'dataset': write source"),
            ({"inputs": {"x": {"source": "d", "type": "dataset"}}}, "write source: NAME and leave the type to it"),
            ({"outputs": {"x": {"type": "npy", "schema": None}}}, "unknown key 'schema': write contract"),
            ({"outputs": {"x": {"type": "npy", "storage": "gcs"}}}, "unknown key 'storage': leave it out"),
            ({"outputs": {"x": {"type": "npy", "contract": {"tensor": 1}}}}, "unknown key 'tensor': the type of the"),
        ],
    )
    def test_the_word_is_translated(self, stage: dict[str, object], why: str):
        assert any(why in problem for problem in problems_of_stage(**stage))


class TestContractsInPipelines:
    def test_the_contract_of_an_input_fits_the_type_of_what_it_reads(self):
        document = chain(("b", "a"))
        document["stages"][0]["inputs"] = {"x": {"from_stage": "a", "signal": "out", "contract": {"shape": [1]}}}
        assert problems(document) == [
            "stage 'b', input 'x', contract: unknown key 'shape': it belongs to npy, not json"
        ]

    def test_the_contract_of_an_output_is_kept_as_written(self):
        said = {"shape": [None, "{width}"]}
        document = {"stages": [{"name": "a", "outputs": {"x": {"type": "npy", "contract": said}}}]}
        assert parse_pipeline(document).stages[0].outputs[0].contract == said


class TestOrder:
    def test_stages_follow_what_they_read_wherever_they_stand_in_the_file(self):
        pipeline = parse_pipeline(chain(("evaluate", "train"), ("train", "prepare")))
        assert [s.name for s in pipeline.stages] == ["evaluate", "train", "prepare"]
        assert [s.name for s in pipeline.ordered] == ["prepare", "train", "evaluate"]

    def test_the_file_decides_between_stages_that_do_not_read_each_other(self):
        assert ordered({"c": [], "a": ["c"], "b": [], "d": ["a", "b"]}) == ["c", "a", "b", "d"]

    @given(st.permutations(range(8)), st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7))))
    def test_any_graph_is_either_ordered_or_has_a_cycle(self, names: list[int], edges: set[tuple[int, int]]):
        graph = {str(n): [str(b) for a, b in sorted(edges) if a == n and a != b] for n in names}
        order, loop = ordered(graph), cycle(graph)
        assert all(order.index(read) < order.index(name) for name in order for read in graph[name])
        assert (len(order) == len(graph)) == (loop == [])
        assert all(first in graph[second] for first, second in pairwise([*loop, *loop[:1]]))

    def test_a_cycle_is_named_in_the_direction_of_the_data(self):
        found = problems(chain(("a", "c"), ("b", "a"), ("c", "b"), ("d", "c")))
        assert found == ["the stages wait for each other: a → b → c → a"]

    def test_ten_thousand_stages_in_a_row_are_no_problem(self):
        names = [f"s{n}" for n in range(10_000)]
        graph = {name: [before] for before, name in pairwise(names)} | {"s0": []}
        assert ordered(graph) == names


class TestWhatIsWrong:
    @pytest.mark.parametrize("stages", [None, [], {}, "train"])
    def test_a_pipeline_has_stages(self, stages: object):
        assert "list of at least one stage" in problems({"stages": stages})[0]

    def test_everything_wrong_is_named_at_once_with_stage_and_key(self):
        with pytest.raises(BadPipeline) as caught:
            parse_pipeline(
                {
                    "nmae": "x",
                    "stages": [
                        {"name": "prepare", "outptus": {}, "outputs": {"features": "numpy"}},
                        {"name": "train", "inputs": {"data": "prepar.features"}, "limits": {"time": "soon"}},
                        {"name": "bad name"},
                        "evaluate",
                        {},
                    ],
                }
            )
        types = "npy, npz, csv, parquet, json, file, directory"
        rule = "a name has 1 to 64 letters, digits, dashes or underscores and begins with a letter or digit"
        assert caught.value.facts["why"] == [
            "unknown key 'nmae' (did you mean 'name'?)",
            "stage 'prepare': unknown key 'outptus' (did you mean 'outputs'?)",
            f"stage 'prepare', output 'features': the type is one of {types}, not 'numpy'",
            'stage \'train\', limits, time: \'soon\' is not a time like "90s", "10m", "2h", or a number of seconds',
            f"stage 3, name: 'bad name' is not a usable name: {rule}",
            "stage 4: a stage is a mapping with a name, not text",
            "stage 5: it has no name",
            "stage 'train', input 'data': there is no stage 'prepar' (did you mean 'prepare'?)",
        ]
        assert caught.value.message.startswith("pipeline.yaml: unknown key 'nmae'")
        assert "; stage 5: it has no name; " in caught.value.message

    def test_two_stages_of_one_name_are_refused_and_so_are_capitals_alone(self):
        document = {"stages": [{"name": n} for n in ("train", "train", "Train")]}
        assert problems(document) == [
            "stages: two stages are named 'train'",
            "stages: two stages are named 'train' and 'Train'",
        ]

    def test_an_input_and_an_output_of_one_name_are_refused(self):
        found = problems_of_stage(inputs={"x": "source:a"}, outputs={"x": "json", "X": "npy"})
        assert found == [
            "stage 'train': two signals are named 'x'",
            "stage 'train': two signals are named 'x' and 'X'",
        ]

    def test_a_stage_that_reads_itself_is_refused(self):
        found = problems_of_stage(inputs={"x": "train.y"}, outputs={"y": "json"})
        assert found == ["stage 'train', input 'x': it reads an output of its own stage"]

    def test_an_output_that_nobody_writes_is_refused_with_near_names(self):
        document = chain(("b", "a"))
        document["stages"][0]["inputs"] = {"x": "a.outt", "y": {"from_stage": "a", "signal": "elsewhere"}}
        assert problems(document) == [
            "stage 'b', input 'x': stage 'a' has no output 'outt' (did you mean 'out'?)",
            "stage 'b', input 'y': stage 'a' has no output 'elsewhere'; there is out",
        ]

    def test_a_type_that_contradicts_the_producer_is_refused(self):
        document = chain(("b", "a"))
        document["stages"][0]["inputs"] = {"x": {"from_stage": "a", "signal": "out", "type": "npy"}}
        assert problems(document) == ["stage 'b', input 'x': it is declared as npy, but a.out is json"]

    @pytest.mark.parametrize(
        ("given", "why"),
        [
            (3, "not a number"),
            (None, "not nothing"),
            ("prepare", "write STAGE.SIGNAL or source:NAME"),
            ("a.b.c", "not a usable name"),
            ("source:../etc", "not a usable name"),
            ("source:", "not a usable name"),
            ({}, "either from_stage or source"),
            ({"from_stage": "a", "source": "b"}, "either from_stage or source"),
            ({"source": "b", "signal": "c"}, "signal belongs to from_stage"),
            ({"sorce": "b"}, "did you mean 'source'?"),
            ({"from_stage": ["a"]}, "not a usable name"),
            ({"source": 1}, "not a usable name"),
        ],
    )
    def test_an_input_says_where_it_comes_from(self, given: object, why: str):
        assert any(why in problem for problem in problems_of_stage(inputs={"x": given}))

    @pytest.mark.parametrize(
        "path",
        ["../x.py", "/etc/x.py", "modules/../x.py", "a//b.py", "./x.py", "x.txt", "", "a\\b.py", "x\0.py", 1, None],
    )
    def test_a_module_is_a_python_file_within_the_workspace(self, path: object):
        assert "is not a path within the workspace" in problems_of_stage(module=path)[0]

    @pytest.mark.parametrize(
        ("variables", "why"),
        [
            ({"GOLDFISH_SEED": "1"}, "goldfish's own"),
            ({"goldfish_seed": "1"}, "goldfish's own"),
            ({"A B": "1"}, "no name of a variable"),
            ({"1A": "1"}, "no name of a variable"),
            ({"N": 1}, "is text, not a number; quote it"),
            ({"N": "a\0b"}, "is not text"),
            ("A=1", "not text"),
        ],
    )
    def test_environment_variables_are_named_text(self, variables: object, why: str):
        assert why in problems_of_stage(environment=variables)[0]

    @pytest.mark.parametrize(
        ("limits", "why"),
        [
            ({"tiem": 1}, "did you mean 'time'?"),
            ({"time": 0}, "above zero"),
            ({"time": -1.5}, "above zero"),
            ({"time": "400d"}, "366 days"),
            ({"time": True}, "is not a time"),
            ({"time": float("nan")}, "is not a time"),
            ({"memory": "2 GIB"}, "is not a size"),
            ({"memory": 10**30}, "below 2^63"),
            ({"log": "0B"}, "at least 1 byte"),
            ({"outputs": [1]}, "is not a size"),
        ],
    )
    def test_limits_are_times_and_sizes(self, limits: object, why: str):
        assert why in problems_of_stage(limits=limits)[0]

    def test_defaults_are_plain_json(self):
        assert problems_of_stage(defaults={"a": {"b": [float("inf")]}}) == [
            "stage 'train', defaults: a.b[0]: inf is not a finite number"
        ]

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from([*ROOT_KEYS, *STAGE_KEYS, *INPUT_KEYS, *OUTPUT_KEYS, *CONTRACT_WORDS, "x"]), inner
                )
            ),
            max_leaves=12,
        ).flatmap(
            lambda value: st.sampled_from(
                [
                    {"name": "p", "stages": [{"name": "s", "inputs": value, "outputs": value}, value]},
                    {"stages": [{"name": "s", **dict.fromkeys(STAGE_KEYS[1:], value)}], "results": value},
                    {"stages": [{"name": "s", "inputs": {"x": {**dict.fromkeys(INPUT_KEYS, value), "source": "a"}}}]},
                    {"stages": [{"name": "s", "outputs": [{"name": "x", "type": "npz", "contract": value}]}]},
                    {"stages": value},
                    value if isinstance(value, dict) else {},
                ]
            )
        )
    )
    def test_any_document_is_understood_or_refused_by_name(self, document: dict[str, object]):
        try:
            assert isinstance(parse_pipeline(document), Pipeline)
        except BadPipeline:
            return


@pytest.mark.parametrize(
    ("given", "meant"), [("90s", 90), ("10m", 600), ("1.5h", 5400), ("2 d", 172_800), (45, 45), (0.5, 0.5), ("45", 45)]
)
def test_times_are_written_with_a_unit_or_as_seconds(given: object, meant: float):
    assert seconds(given) == meant


@pytest.mark.parametrize(
    ("given", "meant"), [("512MiB", 1 << 29), ("2 GiB", 2 << 30), ("1.5kB", 1500), ("1TB", 10**12), (77, 77), ("8B", 8)]
)
def test_sizes_are_written_with_a_unit_or_as_bytes(given: object, meant: int):
    assert size(given) == meant
