"""What makes two calls the same call: behaviour of policies, alone and added up."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacc.cache_policies import (
    DEFAULT,
    FLOW_PARAMETERS,
    INPUTS,
    NO_CACHE,
    NONE,
    RUN_ID,
    TASK_SOURCE,
    CacheKeyFnPolicy,
    CachePolicy,
    CompoundCachePolicy,
    Inputs,
    task_input_hash,
)
from pacc.exceptions import HashError


def double(x):
    return 2 * x


def call(fn=double, flow_run_id="flow-run", **_):
    task = SimpleNamespace(fn=fn, task_key="double-1", name="double")
    return SimpleNamespace(task=task, run=SimpleNamespace(id="task-run", flow_run_id=flow_run_id))


def key(policy, inputs=None, flow_parameters=None, **context):
    return policy.compute_key(
        call(**context), inputs if inputs is not None else {"x": 1}, flow_parameters or {}
    )


def test_the_same_arguments_give_the_same_key_in_any_order():
    assert key(INPUTS, {"a": 1, "b": 2}) == key(INPUTS, {"b": 2, "a": 1})
    assert key(INPUTS, {"a": 1}) != key(INPUTS, {"a": 2})
    assert key(INPUTS, {"a": 1}) != key(INPUTS, {"b": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, "1"),
        (1, True),
        ((1, 2), [1, 2]),
        ({1: "a"}, {"1": "a"}),
        ({1, 2}, [1, 2]),
        (None, "None"),
        (1, 1.0),
    ],
)
def test_values_that_differ_in_kind_have_different_keys(one, other):
    assert key(INPUTS, {"a": one}) != key(INPUTS, {"a": other})


def test_inputs_without_arguments_and_flow_parameters_without_any_have_no_key():
    assert key(INPUTS, {}) is None
    assert key(FLOW_PARAMETERS) is None
    assert key(FLOW_PARAMETERS, flow_parameters={"city": "Ulm"}) is not None


def test_a_run_outside_of_flows_is_its_own_run_id():
    assert key(RUN_ID) == "flow-run"
    assert key(RUN_ID, flow_run_id=None) == "task-run"


def test_the_source_counts_and_not_the_arguments():
    assert key(TASK_SOURCE, {"x": 1}) == key(TASK_SOURCE, {"x": 2})
    assert key(TASK_SOURCE) != key(TASK_SOURCE, fn=lambda x: 3 * x)


def test_code_without_source_text_is_known_by_its_bytecode():
    scope = {}
    exec("def made(x):\n    return x", scope)
    assert key(TASK_SOURCE, fn=scope["made"]) is not None


def test_the_default_is_arguments_source_and_run():
    assert {type(policy) for policy in DEFAULT.policies} == {type(INPUTS), type(TASK_SOURCE), type(RUN_ID)}
    assert key(DEFAULT) != key(DEFAULT, flow_run_id="another")


def test_no_cache_has_no_key_and_adds_nothing():
    assert NONE is NO_CACHE
    assert key(NO_CACHE) is None
    assert INPUTS + NO_CACHE == INPUTS
    assert NO_CACHE + INPUTS == INPUTS


def test_an_argument_can_be_left_out_of_inputs_alone_and_inside_a_sum():
    assert key(INPUTS - "debug", {"x": 1, "debug": True}) == key(INPUTS, {"x": 1})
    policy = (RUN_ID + INPUTS) - "debug"
    assert key(policy, {"x": 1, "debug": True}) == key(RUN_ID + INPUTS, {"x": 1})
    assert RUN_ID - "debug" == RUN_ID
    assert key(INPUTS - "x") is None


def test_only_names_can_be_subtracted():
    with pytest.raises(TypeError, match="only the name of an argument"):
        INPUTS - 3


def test_sums_lie_flat_and_their_inputs_become_one_the_last():
    policy = (INPUTS - "a") + (TASK_SOURCE + (INPUTS - "b")) + RUN_ID
    assert [type(each).__name__ for each in policy.policies] == ["TaskSource", "RunId", "Inputs"]
    assert policy.policies[-1].exclude == ["a", "b"]


def test_policies_configured_differently_cannot_be_added():
    with pytest.raises(ValueError, match="key_storage"):
        INPUTS.configure(key_storage="a") + RUN_ID.configure(key_storage="b")
    assert (INPUTS.configure(key_storage="a") + RUN_ID).key_storage == "a"


def test_configuring_makes_a_copy():
    configured = INPUTS.configure(isolation_level="SERIALIZABLE")
    assert (configured.isolation_level, INPUTS.isolation_level) == ("SERIALIZABLE", None)


def test_a_function_can_give_the_key():
    policy = CachePolicy.from_cache_key_fn(lambda context, arguments: f"{context.task.name}-{arguments['x']}")
    assert isinstance(policy, CacheKeyFnPolicy)
    assert key(policy) == "double-1"
    assert key(CacheKeyFnPolicy()) is None


def test_the_older_function_for_keys_looks_at_code_and_arguments():
    context = call()
    assert task_input_hash(context, {"x": 1}) == task_input_hash(call(), {"x": 1})
    assert task_input_hash(context, {"x": 1}) != task_input_hash(context, {"x": 2})


def test_what_cannot_be_hashed_is_named():
    with pytest.raises(HashError, match=r"argument 'lock' \(a lock\)"):
        key(INPUTS, {"x": 1, "lock": threading.Lock()})


def test_data_frames_with_the_same_columns_in_another_order_have_the_same_key():
    class Frame:
        def __init__(self, columns):
            self.columns = columns

        def __getitem__(self, names):
            return {name: self.columns[name] for name in names}

    Frame.__module__, Frame.__qualname__ = "pandas.core.frame", "DataFrame"
    one, other = Frame({"a": 1, "b": 2}), Frame({"b": 2, "a": 1})
    assert key(INPUTS, {"frame": one}) == key(INPUTS, {"frame": other})
    assert key(INPUTS, {"frame": one}) != key(INPUTS, {"frame": Frame({"a": 1, "b": 3})})


def test_sets_have_the_same_key_in_every_process(run_python, tmp_path):
    program = (
        "from pacc.cache_policies import INPUTS\n"
        "print(INPUTS.compute_key(None, {'names': {'Kiel', 'Ulm', 'Lagos', 'Jena'}}, {}))"
    )
    script = tmp_path / "program.py"
    script.write_text(program)
    seeds = [run_python(script, env={"PYTHONHASHSEED": str(seed)}) for seed in (1, 2)]
    assert seeds[0].stdout == seeds[1].stdout != ""


# -- any composition, against a plain model


ATOMS = {
    "INPUTS": INPUTS,
    "TASK_SOURCE": TASK_SOURCE,
    "RUN_ID": RUN_ID,
    "FLOW_PARAMETERS": FLOW_PARAMETERS,
    "NO_CACHE": NO_CACHE,
}
ARGUMENTS = st.sampled_from(["a", "b", "c"])
EXPRESSIONS = st.recursive(
    st.sampled_from(sorted(ATOMS)),
    lambda inner: st.one_of(st.tuples(st.just("+"), inner, inner), st.tuples(st.just("-"), inner, ARGUMENTS)),
    max_leaves=8,
)
INPUT_VALUES = st.dictionaries(ARGUMENTS, st.integers(0, 2))


def built(expression):
    if isinstance(expression, str):
        return ATOMS[expression]
    sign, left, right = expression
    return built(left) + built(right) if sign == "+" else built(left) - right


def model(expression):
    """A composition as a plain value: the members in order but for inputs, and the arguments left out, `None` without inputs."""
    if isinstance(expression, str):
        members = [] if expression in ("INPUTS", "NO_CACHE") else [expression]
        return members, frozenset() if expression == "INPUTS" else None
    sign, left, right = expression
    members, excluded = model(left)
    if sign == "-":
        return members, None if excluded is None else excluded | {right}
    more, also = model(right)
    if excluded is None or also is None:
        return members + more, also if excluded is None else excluded
    return members + more, excluded | also


def said(expression, inputs, flow_parameters):
    """What the model's key depends on, `None` where there is none."""
    members, excluded = model(expression)
    parts = []
    for member in members:
        if member == "FLOW_PARAMETERS" and not flow_parameters:
            continue
        parts.append((member, tuple(sorted(flow_parameters.items())) if member == "FLOW_PARAMETERS" else ()))
    counted = (
        {} if excluded is None else {name: value for name, value in inputs.items() if name not in excluded}
    )
    if counted:
        parts.append(("INPUTS", tuple(sorted(counted.items()))))
    return tuple(parts) or None


@pytest.mark.parametrize(
    "count", [60, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_any_composition_of_policies_is_as_a_plain_model_says(count):
    @settings(max_examples=count, deadline=None, database=None)
    @given(EXPRESSIONS, EXPRESSIONS, INPUT_VALUES, INPUT_VALUES, st.sampled_from([{}, {"p": 1}]))
    def check(one, other, inputs, others, flow_parameters):
        policies = built(one), built(other)
        keys = [key(policy, given, flow_parameters) for policy in policies for given in (inputs, others)]
        says = [said(each, given, flow_parameters) for each in (one, other) for given in (inputs, others)]
        assert [each is None for each in keys] == [each is None for each in says]
        assert (keys[0] == keys[1]) == (says[0] == says[1])
        assert (keys[2] == keys[3]) == (says[2] == says[3])
        if isinstance(policies[0], CompoundCachePolicy) and isinstance(policies[1], CompoundCachePolicy):
            assert (keys[0] == keys[2]) == (says[0] == says[2])
        assert not any(isinstance(each, CompoundCachePolicy) for each in getattr(policies[0], "policies", []))
        assert sum(isinstance(each, Inputs) for each in getattr(policies[0], "policies", [])) <= 1

    check()
