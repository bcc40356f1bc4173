"""The folder that a report is."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.page import report as write_report
from fairseq_neurons.page.page_folder import PageFolder
from tests.page.hostile_run import EVIL, LABELS, NEURONS, sentences, write_curve
from tests.page.test_data_scripts import read
from tests.page.test_page_folder import files

pytestmark = pytest.mark.xdist_group("chromium")  # the same report


def test_folder__holds_all_it_needs_and_nothing_from_elsewhere(report):
    found = files(report)
    index = (report / "index.html").read_text()
    addresses = set(re.findall(r'(?:src|href)="([^"#]+)"', index))
    assert addresses <= set(found)
    assert {name for name in found if name.startswith("figures/")} <= addresses
    neurons = {f"data/{model}/neuron/{n}.js" for model in "01" for n in range(NEURONS)}
    assert {name for name in found if "/neuron/" in name} == neurons
    assert all((report / "assets" / "vendor" / name).is_file() for name in ("LICENSE.htm", "LICENSE.preact"))
    assert not any("http" in line for line in re.findall(r'(?:src|href|url)[=(]"?([^">]+)', index))


def test_same_run__makes_the_same_bytes_and_says_about_how_many(run, report, tmp_path, caplog):
    with caplog.at_level("INFO"):
        again = write_report(run, tmp_path / "page").parent
    assert re.search(r"2 models, 2 of them with states; about [0-9.]+ MiB of disk", caplog.text)
    assert files(again) == files(report)
    for name in files(report):
        assert (again / name).read_bytes() == (report / name).read_bytes(), name


def test_names_of_scripts__are_unique(report):
    declared = re.compile(r"^(?:async )?(?:function|const|let) (\w+)", re.MULTILINE)
    scripts = [(path.name, path.read_text()) for path in sorted((report / "assets").glob("*.js"))]
    names = [name for _, text in scripts for name in declared.findall(text)]
    # Classic scripts share one scope: a later function would quietly take the place of an earlier one.
    assert len(names) > 50 and len(set(names)) == len(names)


def test_index__has_every_text_escaped(report):
    index = (report / "index.html").read_text()
    assert "&lt;b&gt;NN&lt;/b&gt;" in index
    assert not any(text in index for text in (*EVIL[:4], LABELS[0]))


def test_text__is_that_of_the_dump(report):
    key, text = read((report / "data" / "text" / "0.js").read_text())
    words = [text["words"][i] for i in text["ids"]]
    assert key == "text/0"
    assert words == [word for sentence in sentences() for word in sentence]
    assert text["lengths"] == [len(sentence) for sentence in sentences()]


def test_curve_table__has_the_scores_and_p_values(report):
    index = (report / "index.html").read_text()
    rows = re.findall(r"<tr>(.*?)</tr>", index, re.DOTALL)
    (row,) = [re.sub(r"<[^>]+>", " ", row).split() for row in rows if ">24.00<" in row]
    # 3 neurons: 30 - 3 x 2; 30 - 3 / 2; the mean of 26.9 and 26.8 with its deviation.
    assert " ".join(row) == "3 24.00 p = 0.0625 28.50 p = 0.0625 26.85 ± 0.07 p = 0.0625"
    assert "−4.50" in index and "&lt; 0.001" in index


def test_fewer_sentences__are_shown_and_statistics_stay(run, report, tmp_path):
    short = write_report(run, tmp_path / "page", sentences=3).parent
    whole, part = (read((page / "data" / "0" / "model.js").read_text())[1] for page in (report, short))
    assert (part.pop("shown"), whole.pop("shown")) == (3, len(sentences()))
    assert part == whole
    text = read((short / "data" / "text" / "0.js").read_text())[1]
    assert len(text["ids"]) == sum(map(len, sentences()[:3]))
    assert "The first" in (short / "assets" / "browser.js").read_text()


def test_run_without_dumps__is_an_overview(run, tmp_path):
    shutil.copytree(run / "rankings", tmp_path / "run" / "rankings")
    write_curve(tmp_path / "run" / "curves" / "nmt", "1" * 8)
    page = write_report(tmp_path / "run", tmp_path / "page").parent
    index = (page / "index.html").read_text()
    assert "BLEU by neurons masked" in index and "This run has no dump of its states" in index
    assert 'data-view="neurons"' not in index
    assert not any("/neuron/" in name for name in files(page))


def test_stopped_in_the_middle__leaves_nothing(run, tmp_path, monkeypatch):
    write = PageFolder.write

    def stopped(place: PageFolder, name: str, content: str | bytes) -> None:
        if name == "data/1/neuron/5.js":
            raise KeyboardInterrupt
        write(place, name, content)

    monkeypatch.setattr(PageFolder, "write", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_report(run, tmp_path / "page")
    assert list(tmp_path.iterdir()) == []


def test_wrong_input__is_a_sentence_and_leaves_nothing(run, tmp_path):
    for arguments, sentence in [
        ({"run": tmp_path / "nowhere"}, "There is no folder"),
        ({"run": run, "sentences": 0}, "sentences=0: give at least 1"),
    ]:
        with pytest.raises(InputError, match=sentence):
            write_report(**arguments, out=tmp_path / "page")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "field"),
    [
        *(("probes/pos/results.json", field) for field in ("majority", "grid", "accuracy_signature")),
        ("curves/nmt/comparisons.jsonl", "p_value"),
    ],
)
def test_damaged_result__is_reported_with_its_folder(run, tmp_path, file, field):
    damaged = shutil.copytree(run, tmp_path / "run")
    content = (damaged / file).read_text().replace('"checksum"', '"unknown"')
    (damaged / file).write_text(content.replace(f'"{field}"', '"nothing"'))
    with pytest.raises(InputError, match=f"{Path(file).parent}.*{field}"):
        write_report(damaged, tmp_path / "page")
    assert not (tmp_path / "page").exists() and not (tmp_path / "page.partial").exists()


def test_signatures__are_all_in_the_index(run, report):
    index = (report / "index.html").read_text()
    results = json.loads((run / "probes" / "pos" / "results.json").read_text())
    for file in ("rankings/max.json", "rankings/variance.json"):
        assert json.loads(Path(run / file).read_text())["signature"] in index
    assert results["accuracy_signature"] in index and "made-up|top|None|3" in index
