"""Damaged JSON is one sentence with the file's name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import Fields, read_object, read_objects
from fairseq_neurons.storage.sealed_json import sealed

CONTENT = {"name": "cross", "count": 3, "score": 0.5, "whole": True, "seed": None, "tags": ["a"], "inner": {"n": 1}}


def fields(**changes: object) -> Fields:
    return Fields({**CONTENT, **changes}, "results.json")


def test_fields_of_the_right_type__are_returned_as_they_are():
    found = fields(points=[{"n": 1}, {"n": 2}])
    assert found.required("name", str) == "cross"
    assert found.required("count", int) == 3 and isinstance(found.required("count", float), int)
    assert found.required("score", float) == 0.5
    assert found.required("whole", bool) is True
    assert found.optional("seed", int) is None and found.optional("absent", int) is None
    assert found.optional("count", int) == 3
    assert found.list_of("tags", str) == ["a"]
    assert found.inner("inner").required("n", int) == 1
    assert "seed" in found and "absent" not in found


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (lambda f: f.required("absent", str), "'absent' is missing or not a string"),
        (lambda f: f.required("name", int), "'name' is missing or not an integer"),
        (lambda f: f.required("score", int), "'score' is missing or not an integer"),
        (lambda f: f.required("whole", int), "'whole' is missing or not an integer"),
        (lambda f: f.required("whole", float), "'whole' is missing or not a number"),
        (lambda f: f.required("count", bool), "'count' is missing or not true or false"),
        (lambda f: f.required("seed", int), "'seed' is missing or not an integer"),
        (lambda f: f.optional("name", int), "'name' is missing or not an integer"),
        (lambda f: f.list_of("name", str), "'name' is missing or not a list"),
        (lambda f: f.list_of("tags", float), "an item of 'tags' is not a number"),
        (lambda f: f.inner("tags"), "'tags' is missing or not an object"),
        (lambda f: f.inner("inner").required("m", int), "'m' is missing or not an integer"),
    ],
)
def test_fields_of_another_type__are_one_sentence(read, sentence):
    with pytest.raises(InputError) as raised:
        read(fields())
    assert str(raised.value) == f"results.json is damaged: {sentence}."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", r"it is not JSON \(.*\)\."), ("[]", "it is not a JSON object"), ("", "it is not JSON")],
)
def test_files_that_are_not_an_object__are_one_sentence(tmp_path, content, sentence):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(InputError, match=rf"a\.json is damaged: {sentence}"):
        read_object(tmp_path / "a.json", "result")
    with pytest.raises(InputError, match=r"The result .*b\.json cannot be read"):
        read_object(tmp_path / "b.json", "result")


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 5000,
        "-" + "9" * 4400,
        f'{{"size": {"9" * 5000}}}',
        '"\\ud800"',
        "{" * 9,
    ],
)
def test_json_that_python_cannot_read__is_one_sentence(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(InputError, match=r"a\.json is damaged: (it is not JSON|its JSON is nested too deeply)"):
        read_object(tmp_path / "a.json", "result")


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity", "9" * 4000])
def test_number_out_of_range__is_no_number(tmp_path, number):
    (tmp_path / "a.json").write_text(f'{{"size": {number}}}')
    found = read_object(tmp_path / "a.json", "result")
    for kind in (int, float):
        with pytest.raises(InputError, match="'size' is missing or not a"):
            found.required("size", kind)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


@settings(max_examples=100)
@given(JSON | st.dictionaries(st.sampled_from("abc"), JSON))
def test_any_json__is_of_the_type_that_was_asked_for_or_one_sentence(content):
    for kind in (str, int, float, bool, list, dict):
        try:
            value = Fields(json.loads(json.dumps(content)), "a.json").required("a", kind)
        except InputError as error:
            assert str(error).startswith("a.json is damaged: ")
        else:
            assert isinstance(value, (int, float) if kind is float else kind)


def test_checksum__is_verified_and_left_out(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(sealed({"score": 0.5})))
    assert read_object(tmp_path / "a.json", "result").content == {"score": 0.5}
    (tmp_path / "a.jsonl").write_text(
        json.dumps(sealed({"n": 1})) + "\n" + json.dumps({**sealed({"n": 1}), "n": 2}) + "\n"
    )
    with pytest.raises(InputError, match=r"a\.jsonl, line 2, is damaged: it was changed after it was written"):
        read_objects(tmp_path / "a.jsonl", "curve")
    (tmp_path / "a.jsonl").write_text('{"n": 1}\n' + json.dumps(sealed({"n": 2})) + "\n")
    with pytest.raises(InputError, match=r"a\.jsonl, line 1, is damaged: it has no 'checksum', as the other"):
        read_objects(tmp_path / "a.jsonl", "curve")


def test_lines__are_objects_and_one_without_end_is_skipped(tmp_path):
    path = tmp_path / "curve.jsonl"
    path.write_text('{"n": 1}\n{"n": 2}\n{"n": ')
    assert [line.required("n", int) for line in read_objects(path, "curve")] == [1, 2]
    path.write_text('{"n": 1}\n3\n')
    with pytest.raises(InputError, match=r"curve\.jsonl, line 2, is damaged: it is not a JSON object"):
        read_objects(path, "curve")
    path.write_text("{}\n{\n{}\n")
    with pytest.raises(InputError, match=r"curve\.jsonl, line 2, is damaged: it is not JSON"):
        read_objects(path, "curve")
