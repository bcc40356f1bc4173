"""Whatever is damaged in a run folder is one sentence with the file's name, found when the run is opened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.page.overview import overview
from fairseq_neurons.runs.run_folder import Run
from fairseq_neurons.runs.run_labels import labels_for

JSON_FILES = (
    "activations/two/manifest.json",
    "rankings/cross.json",
    "probes/pos/ranking.json",
    "probes/pos/ranking.ADJ.json",
    "probes/pos/rankings/probeless.json",
    "probes/pos/results.json",
    "curves/one/settings.json",
    "curves/one/curve.jsonl",
)
# Nothing is known of the fields of these.
OTHERS = (
    "curves/one/comparisons.jsonl",
    "activations/two/activations.npy",
    "activations/two/offsets.npy",
    "activations/two/words.txt",
)


def look(run: Path) -> None:
    """Open a run and show everything but its figures."""
    opened = Run.open(run)
    overview(opened, [])
    for model in opened.models:
        for dump in model.dumps.values():
            labels_for(opened, model, dump)


def assert_refused_or_shown(run: Path, file: Path, accepted: bool) -> bool:
    """Whether a damage was refused, by name; anything but an `InputError` fails the test."""
    try:
        look(run)
    except InputError as error:
        assert file.name in str(error) and "\n" not in str(error)
        return True
    assert accepted, f"{file} is damaged, and nobody has noticed"
    return False


def changed(content: Any) -> Iterator[Any]:
    """The same JSON without one of its fields, or with a value of another type in it."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield {other: kept for other, kept in content.items() if other != name}
            yield {**content, name: 3 if isinstance(value, str | list | dict) else ["x"]}
            for inner in changed(value):
                yield {**content, name: inner}
    elif isinstance(content, list) and content:
        yield ["x" if isinstance(content[0], int | float | dict) else 3, *content[1:]]
        for inner in changed(content[0]):
            yield [inner, *content[1:]]


@pytest.mark.parametrize("name", [*JSON_FILES, *OTHERS])
@pytest.mark.parametrize("content", [b"", b"{", b"[]\n", b"null\n", b"3\n", b"\xff\xfe\x00", b'{"format": 1}\n'])
def test_file_that_holds_something_else__is_refused_by_name(run_copy, name, content):
    file = run_copy / name
    file.write_bytes(content)
    # A curve may be at its beginning, and its tests come last; a JSON file that is no ranking is another file's.
    accepted = file.suffix == ".jsonl" or name == "rankings/cross.json"
    assert_refused_or_shown(run_copy, file, accepted)


def test_a_damaged_folder__is_named_with_the_way_to_see_the_rest(run_copy):
    damaged = run_copy / "activations/two"
    (damaged / "offsets.npy").write_bytes(b"x")
    rest = f"To see the rest of {run_copy}, move activations/two out of it."
    with pytest.raises(InputError, match=rf"offsets.npy .* {rest}"):
        Run.open(run_copy)
    damaged.rename(run_copy.with_name("damaged"))
    look(run_copy)


@pytest.mark.parametrize("name", JSON_FILES)
def test_fields_that_are_missing_or_of_another_type__never_are_a_traceback(run_copy, name):
    file = run_copy / name
    lines = file.suffix == ".jsonl"
    whole = json.loads(file.read_text().split("\n")[0] if lines else file.read_text())
    whole.pop("checksum", None)  # or each change would be refused for it
    refused = 0
    for content in changed(whole):
        file.write_text(json.dumps(content) + "\n" * lines)
        refused += assert_refused_or_shown(run_copy, file, accepted=True)
    assert refused
