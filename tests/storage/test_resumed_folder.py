"""A folder to which later runs of the same settings add."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from tests.storage.test_output_folder import Resumed


def test_folder__stays_after_a_failure_as_soon_as_it_has_results(tmp_path):
    with pytest.raises(KeyboardInterrupt), Resumed(tmp_path / "out") as folder:
        (folder.out / "settings.json").write_text("{}")
        (folder.out / "result").write_text("1")
        raise KeyboardInterrupt
    with pytest.raises(InputError), Resumed(tmp_path / "out"):
        raise InputError("wrong")
    assert (tmp_path / "out" / "result").read_text() == "1"


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ({"beam": 5, "size": {"epochs": 3}, "sha256": "c" * 64}, "was made with sha256=bbbbbbbb, not cccccccc;"),
        ({"beam": 5, "size": {"epochs": 4}, "sha256": "b" * 64}, r"was made with size\.epochs=3, not 4;"),
        ({"beam": 5, "sha256": "b" * 64}, r"was made with size\.epochs=3, not None;"),
        ({"beam": 5, "size": {"epochs": 3}, "sha256": "b" * 64, "seed": 1}, "was made with seed=None, not 1;"),
    ],
)
def test_folder__names_the_setting_that_differs(tmp_path, now, sentence):
    earlier = {"beam": 5, "size": {"epochs": 3}, "sha256": "b" * 64}
    with Resumed(tmp_path / "out") as folder:
        folder.check_settings(earlier, dict(earlier))
        with pytest.raises(InputError, match=sentence):
            folder.check_settings(earlier, now)
