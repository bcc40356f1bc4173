"""Files of figures."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import matplotlib
import pytest
from PIL import Image

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import SignedFigure, ablation_curves, focus_bars, render, save
from tests.pipelines.paper.finished_experiments import summary_of
from tests.probing.result_values import results_of

SIGNATURE = "solver:<certified>|l1:1e-05&é"


@pytest.fixture
def figure() -> SignedFigure:
    return focus_bars(results_of({"NN": 4, "é$": 2}, signature=SIGNATURE), caption="made of $x$ | <b>")


def test_the_same_results__make_the_same_bytes(figure, tmp_path):
    again = focus_bars(results_of({"NN": 4, "é$": 2}, signature=SIGNATURE), caption="made of $x$ | <b>")
    for format in ("svg", "pdf", "png"):
        first = render(figure, format)
        assert first == render(figure, format) == render(again, format)
        assert b"20" + b"26-" not in first and b"CreationDate" not in first


def test_files__hold_title_and_signature(figure, tmp_path):
    svg, pdf, png = save(figure, tmp_path / "figures" / "focus.pos")
    assert [file.name for file in (svg, pdf, png)] == ["focus.pos.svg", "focus.pos.pdf", "focus.pos.png"]
    assert sorted(file.name for file in svg.parent.iterdir()) == sorted(file.name for file in (svg, pdf, png))
    dc = "{http://purl.org/dc/elements/1.1/}"
    told = {element.tag: element.text for element in ElementTree.parse(svg).iter() if element.tag.startswith(dc)}
    assert told[f"{dc}description"] == figure.signature and SIGNATURE in figure.signature
    with Image.open(png) as image:
        assert image.text["Description"] == figure.signature
        assert image.text["Title"] == figure.title
    assert b"/Subject" in pdf.read_bytes() and pdf.read_bytes().startswith(b"%PDF")


def test_text__stays_text(figure):
    assert "made of $x$ | &lt;b&gt;" in render(figure, "svg").decode("utf-8")
    # Type 3 fonts, matplotlib's default, are refused by some publishers.
    assert b"/Type3" not in render(figure, "pdf")


def test_drawing__leaves_the_user_s_matplotlib_alone(figure):
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red", "text.usetex": True}):
        theirs = focus_bars(results_of({"NN": 4, "é$": 2}, signature=SIGNATURE), caption="made of $x$ | <b>")
        assert render(theirs, "svg") == render(figure, "svg")
        assert matplotlib.rcParams["font.size"] == 30
    assert dict(matplotlib.rcParams) == before
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        assert pyplot.get_fignums() == []


def test_a_caption__takes_no_room_from_the_figure():
    plain, told = focus_bars(results_of({"NN": 4})), focus_bars(results_of({"NN": 4}), caption="word " * 60)
    assert told.get_size_inches()[1] - plain.get_size_inches()[1] == pytest.approx(told.below)
    heights = [figure.axes[0].get_position().height * figure.get_size_inches()[1] for figure in (plain, told)]
    assert heights[0] == pytest.approx(heights[1], rel=0.02)


def test_formats_there_are_not__are_refused_before_anything_is_written(figure, tmp_path):
    with pytest.raises(InputError, match="format=jpg is unknown; figures are written as svg, pdf, png"):
        save(figure, tmp_path / "figure", ["svg", "jpg"])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written__is_one_sentence(figure, tmp_path):
    (tmp_path / "figure.png").mkdir()
    with pytest.raises(InputError, match=f"{re.escape(str(tmp_path))}/figure.png cannot be written"):
        save(figure, tmp_path / "figure", ["png"])


def test_several_panels__make_the_same_bytes():
    curves = [summary_of().curve("1")] * 3
    assert len({render(ablation_curves(*curves, caption="three panels"), "svg") for _ in range(4)}) == 1
