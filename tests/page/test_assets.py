"""A run of four models with nothing but their states: the order of models, examples of searches, saturated neurons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.page import report as write_report
from tests.activations.small_dumps import write_dump
from tests.page.browser_window import Opened
from tests.shared_folders import made_once

pytestmark = pytest.mark.xdist_group("chromium")

SENTENCES = [[",", "one", "."], ["-", "two", ",", "three"]] * 12


def write_run(folder: Path) -> None:
    """Neuron 0 lies between -0.99 and -0.9 but for a single word, neuron 1 on both sides of zero."""
    words = sum(map(len, SENTENCES))
    values = np.random.default_rng(1).uniform(-1, 1, size=(words, 2)).astype(np.float32)
    values[:, 0] = np.linspace(-0.99, -0.9, words)
    values[10, 0] = 0.4
    for name in ("lm", "10", "2", "1"):
        write_dump(folder / "run" / "activations" / name, values, sentences=SENTENCES)
    (folder / "labels").write_text("")
    write_report(folder / "run", folder / "page")


@pytest.fixture(scope="module")
def opened(chromium, session_folder):
    folder = made_once(session_folder / "plain_page", write_run)
    with Opened(chromium, folder / "page", 390) as page:
        yield page


def test_models__are_in_the_order_of_their_names(opened):
    page = opened.go()
    assert page.locator(".card.model h3").all_inner_texts() == [f"Model {name}" for name in ("1", "2", "10", "lm")]
    page = opened.go("#/model")
    page.wait_for_selector(".models")
    assert page.locator(".models option").all_inner_texts() == ["1", "2", "10", "lm"]


def test_examples__are_words_and_labels_that_are_in_the_data(opened):
    page = opened.go("#/model/1")
    page.wait_for_selector("#search")
    asked = page.get_attribute("#search", "placeholder").split(", ")
    assert asked[:2] == ["1", "encoder.0.fwd.*"] and asked[2] in ("one", "two", "three")
    for query in asked:
        assert "Nothing is called" not in opened.search(query)


def test_label_of_the_examples__is_spelled(opened):
    page = opened.go("#/model/1")
    sorts = [{"label": "-", "name": "month"}, {"label": "May", "name": "month"}]
    model = {"names": ["n.0"], "blocks": [["n", 1]], "previews": [[[",", 1]]], "sorts": sorts}
    assert page.evaluate("model => examples(model).map(([query]) => query)", model) == ["0", "n.*", ",", "month:May"]
    model["sorts"] = sorts[:1]
    assert page.evaluate("model => examples(model).at(-1)[0]", model) == "month:-"


def test_saturated_neuron__has_colours_of_its_own_range_and_a_legend(opened):
    page = opened.neuron(0)
    low, high, said = page.locator(".legend > span:not(.ramp)").all_inner_texts()
    ends = [float(text.replace("−", "-")) for text in (low, high)]
    np.testing.assert_allclose(ends, [-0.985, -0.905], atol=0.008)
    assert "range of most of its words" in said
    shares = page.eval_on_selector_all(
        ".heatmap .word", "words => words.map((word) => [word.className, word.innerText])"
    )
    page.click("text=Lowest")
    shares += page.eval_on_selector_all(
        ".heatmap .word", "words => words.map((word) => [word.className, word.innerText])"
    )
    assert {kind for kind, _ in shares} == {"word negative", "word positive"}


def test_other_neurons__have_colours_about_zero(opened):
    page = opened.neuron(1)
    low, high = page.locator(".legend > span:not(.ramp)").all_inner_texts()
    assert low.replace("−", "+") == high and high.startswith("+")
