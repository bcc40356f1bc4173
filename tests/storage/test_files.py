"""Files that are whole or absent."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_lines, read_text, stream_lines, write_lines, write_text_whole


def test_a_file_where_a_folder_should_be__is_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("here")
    with pytest.raises(InputError, match=r"taken/new\.txt cannot be written: "):
        write_text_whole(tmp_path / "taken" / "new.txt", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_file_that_cannot_be_replaced__leaves_no_part_of_the_new_one(tmp_path):
    (tmp_path / "old").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_text_whole(tmp_path / "old", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_lines__are_read_as_they_were_written(tmp_path):
    lines = ["one", "", "two\u2028 and \f three"]
    write_lines(tmp_path / "text", lines)
    assert (tmp_path / "text").read_bytes().count(b"\n") == 3
    assert read_lines(tmp_path / "text", "text") == lines
    write_lines(tmp_path / "text", [])
    assert read_lines(tmp_path / "text", "text") == []


def test_byte_order_mark_at_the_start__is_dropped_and_no_other(tmp_path):
    path = tmp_path / "text"
    path.write_bytes("\ufeffone\n\ufefftwo\n".encode())
    assert read_text(path, "text") == "one\n\ufefftwo\n"
    assert read_lines(path, "text") == [*stream_lines(path, "text")] == ["one", "\ufefftwo"]
    path.write_bytes(b"\xef\xbb\xbfcaf\xe9")
    with pytest.raises(InputError, match=r"not UTF-8 text \(byte 6\)"):
        read_text(path, "text")
