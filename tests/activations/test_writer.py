"""The dump on disk: whole or absent, and readable by anyone."""

from __future__ import annotations

import logging
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairseq_neurons.activations import Activations, ActivationWriter, Manifest
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons

NEURONS = Neurons.of([Block("encoder", 0, "fwd", 3), Block("encoder", 0, "bwd", 2)])


def manifest(counts: list[int], dtype: str = "float32", skipped: int = 0) -> Manifest:
    return Manifest(
        neurons=NEURONS,
        words=sum(counts),
        sentences=len(counts),
        skipped=skipped,
        dtype=dtype,
        pooling="last",
        subwords="words",
        eos=False,
        checkpoint_sha256="0" * 64,
        data="here",
        subset="test",
    )


def test_what_was_written__is_said_at_the_end(tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        write(tmp_path / "a", [2, 0, 3])
    assert caplog.messages[-1] == f"{tmp_path / 'a'}: the states of 5 neurons at 5 words in 3 sentences"
    caplog.clear()
    with (
        caplog.at_level(logging.INFO),
        ActivationWriter(tmp_path / "b", manifest([1, 0], skipped=1), [0, 1, 1]) as writer,
    ):
        writer.write(0, np.ones((1, 5)))
        writer.commit(["one", ""])
    assert caplog.messages[-1].endswith("at 1 words in 1 sentences; 1 sentences were too long and have no rows")


def write(out: Path, counts: list[int], order=None, dtype="float32") -> np.ndarray:
    """A dump of random rows, its sentences written in any order; returns the rows in data-set order."""
    rows = np.random.default_rng(1).normal(size=(sum(counts), 5)).astype(dtype)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    with ActivationWriter(out, manifest(counts, dtype), offsets) as writer:
        for s in order if order is not None else range(len(counts)):
            writer.write(s, rows[offsets[s] : offsets[s + 1]])
        writer.commit([" ".join(f"w{i}" for i in range(count)) for count in counts])
    return rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    counts=st.lists(st.integers(0, 6), min_size=1, max_size=8).filter(any),
    dtype=st.sampled_from(["float16", "float32"]),
    data=st.data(),
)
def test_dump__round_trips_in_any_order_of_sentences(tmp_path_factory, counts, dtype, data):
    out = tmp_path_factory.mktemp("dump") / "a"
    order = data.draw(st.permutations(range(len(counts))))
    rows = write(out, counts, order, dtype)
    dump = Activations(out)
    np.testing.assert_array_equal(dump.values, rows)
    assert [len(words) for words in dump.sentences] == counts
    assert [len(dump.sentence(s)) for s in range(len(counts))] == counts
    np.testing.assert_array_equal(np.concatenate(list(dump.blocks(3))), rows)
    np.testing.assert_allclose(dump.mean(), rows.astype(np.float64).mean(axis=0), atol=1e-12)
    assert replace(dump.manifest, sha256=None) == manifest(counts, dtype)


def test_array__opens_with_plain_numpy(tmp_path):
    rows = write(tmp_path / "a", [2, 3])
    values = np.load(tmp_path / "a" / "activations.npy", mmap_mode="r")
    assert values.flags.c_contiguous
    np.testing.assert_array_equal(values, rows)
    assert np.load(tmp_path / "a" / "offsets.npy").tolist() == [0, 2, 5]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "activations.npy",
        "manifest.json",
        "offsets.npy",
        "words.txt",
    ]


def test_existing_folder__is_refused_and_untouched(tmp_path):
    write(tmp_path / "a", [2])
    before = (tmp_path / "a" / "activations.npy").read_bytes()
    with pytest.raises(InputError, match="already exists"):
        write(tmp_path / "a", [3])
    assert (tmp_path / "a" / "activations.npy").read_bytes() == before
    assert not (tmp_path / "a.partial").exists()


def test_exception_while_writing__leaves_nothing(tmp_path):
    with (
        pytest.raises(RuntimeError, match="on purpose"),
        ActivationWriter(tmp_path / "a", manifest([2]), np.array([0, 2])) as writer,
    ):
        writer.write(0, np.zeros((2, 5)))
        raise RuntimeError("on purpose")
    assert list(tmp_path.iterdir()) == []


def test_missing_sentence__is_never_committed(tmp_path):
    with ActivationWriter(tmp_path / "a", manifest([2, 1]), np.array([0, 2, 3])) as writer:
        writer.write(0, np.zeros((2, 5)))
        with pytest.raises(ValueError, match="1 sentences have not been written"):
            writer.commit(["a b", "c"])
    assert list(tmp_path.iterdir()) == []


def test_rows_of_another_shape__are_refused(tmp_path):
    with (
        ActivationWriter(tmp_path / "a", manifest([2]), np.array([0, 2])) as writer,
        pytest.raises(ValueError, match="owns 2 rows"),
    ):
        writer.write(0, np.zeros((3, 5)))


def test_no_words__are_no_dump(tmp_path):
    with pytest.raises(InputError, match="no word to dump"):
        ActivationWriter(tmp_path / "a", manifest([0]), np.array([0, 0]))


def test_two_writers_of_one_name__the_second_is_refused(tmp_path):
    with ActivationWriter(tmp_path / "a", manifest([2]), np.array([0, 2])) as first:
        with pytest.raises(InputError, match="Another run is writing"):
            ActivationWriter(tmp_path / "a", manifest([2]), np.array([0, 2]))
        first.write(0, np.zeros((2, 5)))
        first.commit(["a b"])
    assert len(Activations(tmp_path / "a")) == 2


KILLED = """
import os, signal, sys, numpy as np
from pathlib import Path
from tests.activations.test_writer import manifest
from fairseq_neurons.activations import ActivationWriter
writer = ActivationWriter(Path(sys.argv[1]), manifest([2, 1]), np.array([0, 2, 3]))
writer.write(0, np.ones((2, 5)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_run__leaves_no_dump_and_the_next_one_takes_over(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a")], cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["a.partial"]
    with pytest.raises(InputError, match="not a dump"):
        Activations(tmp_path / "a.partial")
    rows = write(tmp_path / "a", [2, 1])
    np.testing.assert_array_equal(Activations(tmp_path / "a").values, rows)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_folder_of_other_files__is_not_taken_over(tmp_path):
    (tmp_path / "a.partial").mkdir()
    (tmp_path / "a.partial" / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="holds files that are not of a dump"):
        write(tmp_path / "a", [2])
    assert (tmp_path / "a.partial" / "thesis.tex").read_text() == "mine"


@contextmanager
def small_files():
    """A file may have 100 bytes, as on a disk that is nearly full. No fixture: pytest may write to a longer file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_no_room__is_reported_before_the_first_row(tmp_path):
    with small_files(), pytest.raises(InputError, match="cannot be written: File too large"):
        ActivationWriter(tmp_path / "a", manifest([20]), np.array([0, 20]))
    assert list(tmp_path.iterdir()) == []


def test_dump_larger_than_the_disk__is_reported_in_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10))
    with pytest.raises(InputError, match="needs 400 B of disk and 10 B are free"):
        ActivationWriter(tmp_path / "a", manifest([20]), np.array([0, 20]))
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made__is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be written"):
        ActivationWriter(tmp_path / "file" / "a", manifest([2]), np.array([0, 2]))


def test_number_too_large_for_float16__is_refused(tmp_path):
    with ActivationWriter(tmp_path / "a", manifest([1], dtype="float16"), [0, 1]) as writer:
        writer.write(0, np.full((1, 5), 65504.0))
        with pytest.raises(InputError, match="too large for float16"):
            writer.write(0, np.full((1, 5), 1e5, np.float32))
    assert not (tmp_path / "a").exists()
