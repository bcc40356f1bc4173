"""Only regular files are read and replaced."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.array_files import read_array, read_arrays
from fairseq_neurons.storage.files import (
    check_new_file,
    hold,
    read_bytes,
    read_lines,
    read_text,
    sha256_of_file,
    stream_lines,
    write_text_whole,
)
from fairseq_neurons.storage.json_fields import read_object, read_objects
from fairseq_neurons.storage.regular_files import open_file
from fairseq_neurons.storage.results_log import LogFile

READERS = {
    "bytes": lambda path: read_bytes(path, "file"),
    "text": lambda path: read_text(path, "text"),
    "lines": lambda path: read_lines(path, "text"),
    "stream": lambda path: list(stream_lines(path, "text")),
    "object": lambda path: read_object(path, "result"),
    "objects": lambda path: read_objects(path, "curve"),
    "log": LogFile,
    "array": read_array,
    "map": lambda path: read_array(path, mmap=True),
    "arrays": lambda path: read_arrays(path, ["x"], f"The probe {path}"),
}


@pytest.fixture
def others(tmp_path, monkeypatch) -> dict[str, Path]:
    """A FIFO, a socket, a device and links to them, by what messages call them."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    found = {"a FIFO": Path("fifo"), "a socket": Path("socket"), "a device": Path("/dev/zero")}
    for path in list(found.values()):
        Path(f"link-{path.name}").symlink_to(path.absolute())
    return found


@pytest.mark.parametrize("reader", READERS)
def test_reader__refuses_what_is_no_file(others, reader):
    for kind, path in others.items():
        for name in (path, Path(f"link-{path.name}")):
            with pytest.raises(InputError, match=f"{name.name}.*it is {kind}, not a file"):
                READERS[reader](name)


def test_folder_and_unusable_names__are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "no", tmp_path / ("x" * 300), Path("a\0b")):
        for read in READERS.values():
            if read is LogFile and path != tmp_path:
                continue
            with pytest.raises(InputError):
                read(path)
        with pytest.raises(OSError):
            sha256_of_file(path)


def test_regular_file__is_read_also_through_a_link(tmp_path):
    (tmp_path / "a").write_text("text\n")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for name in "ab":
        with open_file(tmp_path / name) as file:
            assert file.read() == b"text\n"
        assert read_text(tmp_path / name, "text") == "text\n"


def test_writer__refuses_to_replace_what_is_no_file(others):
    for kind, path in others.items():
        for name in (path, Path(f"link-{path.name}")):
            before = os.lstat(name)
            with pytest.raises(InputError, match=f"{name.name} is {kind}, not a file"):
                write_text_whole(name, "text")
            with pytest.raises(InputError, match="already exists"):
                check_new_file(name)
            with pytest.raises(InputError, match="Another run|cannot be written"):
                hold(name, Path("out"))
            assert os.lstat(name) == before
    os.rename("fifo", "new.json.partial")
    with pytest.raises(InputError, match=r"new\.json\.partial is a FIFO"):
        write_text_whole(Path("new.json"), "text")


def test_lock__does_not_follow_a_link(tmp_path):
    (tmp_path / "thesis").write_text("text")
    (tmp_path / "lock").symlink_to(tmp_path / "thesis")
    with pytest.raises(InputError, match="out cannot be written"):
        hold(tmp_path / "lock", Path("out"))
    assert (tmp_path / "thesis").read_text() == "text"
