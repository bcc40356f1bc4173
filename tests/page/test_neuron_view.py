"""One neuron on the page, in a real Chromium: sentences, values, words, labels, ranks."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.similar_neurons import neighbours
from fairseq_neurons.statistics.word_types import word_statistics
from tests.page.browser_window import Opened
from tests.page.hostile_run import EVIL, LABELS, sentences

pytestmark = pytest.mark.xdist_group("chromium")


@pytest.fixture(scope="module")
def dump(run) -> Activations:
    return Activations(run / "activations" / "1")


def test_heatmap__shows_the_words_and_values_of_the_dump(opened, dump):
    page = opened.neuron(5)
    page.click("text=More sentences")
    column = dump.values[:, 5]
    scale = float(np.abs(column).max()) / 127
    drawn = page.locator(".heatmap li")
    highest = [column[dump.offsets[s] : dump.offsets[s + 1]].max() for s in range(len(sentences()))]
    numbers = [int(item.get_attribute("data-sentence")) for item in drawn.all()]
    assert len(numbers) == 15
    assert np.all(np.diff([highest[s] for s in numbers]) <= scale)
    for number, item in zip(numbers, drawn.all()):
        assert item.locator("bdi").all_text_contents() == sentences()[number]
        values = [float(text.replace("−", "-")) for text in item.locator("small").all_text_contents()]
        # Half a step, and half of the last digit that is shown.
        np.testing.assert_allclose(values, dump.sentence(number)[:, 5], atol=scale / 2 + 0.005 + 1e-6)


def test_values_in_the_page__are_within_half_a_step(opened, dump):
    page = opened.neuron(2)
    found = page.evaluate("data.neuron(0, 2).then((n) => ({ scale: n.scale, codes: [...n.codes] }))")
    step, column = found["scale"], dump.values[:, 2].astype(np.float64)
    assert np.abs(np.array(found["codes"]) * step - column).max() <= step / 2 * (1 + 1e-9)
    assert step == pytest.approx(np.abs(column).max() / 127)


def test_histogram__has_bars_of_equally_many_codes(opened, dump):
    page = opened.neuron(2)
    column = dump.values[:, 2].astype(np.float64)
    codes = np.rint(column / (np.abs(column).max() / 127)).astype(int)
    counts = [int(text.split()[0]) for text in page.locator(".histogram title").all_text_contents()]
    assert counts == np.bincount((codes + 127) // 5, minlength=51).tolist()
    assert page.locator(".histogram rect.zero").count() == 1


def test_values__have_enough_digits_to_differ(opened):
    page = opened.neuron(2)
    assert page.evaluate("[0, 0.004, 0.91, 32].map(format.digits)") == [2, 4, 2, 2]
    assert page.evaluate("format.signed(-0.0012, format.digits(0.004))") == "−0.0012"


def test_lowest_random_and_word__show_these_sentences(opened, dump):
    page = opened.neuron(4)
    page.click("text=Lowest")
    column = dump.values[:, 4]
    lowest = int(np.searchsorted(dump.offsets, column.argmin(), side="right") - 1)
    assert page.get_attribute(".heatmap li", "data-sentence") == str(lowest)
    page.click("button >> text=Random")
    first = page.locator(".heatmap li").first.get_attribute("data-sentence")
    page.click("text=Draw again")
    assert page.locator(".heatmap li").count() == 5
    assert page.locator(".heatmap li").first.get_attribute("data-sentence") != first
    page.click("text=With a word")
    page.fill(".word-input", "__proto__")
    assert page.locator(".heatmap li").count() == 1
    assert "__proto__" in page.locator(".heatmap bdi").all_text_contents()


def test_evil_text__appears_as_itself(opened):
    page = opened.neuron(0)
    page.click("text=With a word")
    for word in EVIL:
        page.fill(".word-input", word)
        assert word in page.locator(".heatmap bdi").all_text_contents()
    opened.search("</script><script>window.evil=1</script>")
    assert "</script>" in opened.page.inner_text(".results")
    page.click(".views >> text=Overview")
    shown = page.text_content("#overview")
    assert all(label in shown for label in LABELS)
    assert page.evaluate("window.evil === undefined && document.querySelectorAll('img[src=x]').length === 0")
    assert page.evaluate("Object.prototype.polluted === undefined && document.title.length > 0")


def test_markup_that_slipped_in__would_not_run(chromium, report):
    with Opened(chromium, report) as opened:
        page = opened.go()
        page.evaluate("""() => {
            const script = document.body.appendChild(document.createElement("script"));
            script.textContent = "window.evil = 1";
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.evil = 1'>");
        }""")
        page.wait_for_timeout(200)
        assert page.evaluate("window.evil === undefined")
        assert sum("Content Security Policy" in what for what in opened.wrong) >= 2
        opened.wrong.clear()


def test_panel__shows_ranks_labels_and_similar_neurons(opened, run, dump):
    page = opened.neuron(3)
    ranks = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in _rows(page, "ranks")}
    for name in ("max", "variance"):
        ranking = Ranking.load(run / "rankings" / f"{name}.json")
        place = ranking.order.tolist().index(3)
        rank, score = ranks[f"rankings/{name}"]
        assert rank == str(place + 1) and float(score) == pytest.approx(ranking.scores[place], rel=5e-3)
    near = neighbours(dump, {"2": Activations(run / "activations" / "2")})["2"]
    likes = _rows(page, "similar")
    assert [row.locator("a").get_attribute("href") for row in likes] == [
        f"#/model/2/neuron/{index}" for index in near.indices[3]
    ]
    shown = [float(row.locator("td").last.inner_text().replace("−", "-")) for row in likes]
    np.testing.assert_allclose(shown, near.correlations[3], atol=0.0051)
    likes[0].locator("a").click()
    page.wait_for_selector(f"article.neuron[data-neuron='{near.indices[3][0]}']")
    assert "of model 2" in page.inner_text(".neuron-head")
    labels_shown = [row.locator("th").inner_text() for row in _rows(opened.neuron(3), "labels")]
    assert any(label.startswith("negation:") for label in labels_shown)


def test_panel__shows_the_top_words_and_describes_the_values(opened, dump):
    page, statistics = opened.neuron(3), word_statistics(dump)
    for kind, tops in (
        ("share", [(top.word, 100 * top.share, top.count) for top in statistics.by_share(3)]),
        ("highest", [(top.word, top.mean, top.count) for top in statistics.by_mean(3)]),
        ("lowest", [(top.word, top.mean, top.count) for top in statistics.by_mean(3, lowest=True)]),
    ):
        rows = [row.locator("th, td").all_text_contents() for row in page.locator(f".words-{kind} tbody tr").all()]
        assert [row[0] for row in rows] == [word for word, _, _ in tops]
        np.testing.assert_allclose([_numbers(row[1])[0] for row in rows], [value for _, value, _ in tops], atol=0.051)
        assert [row[2] for row in rows] == [f"{count}×" for _, _, count in tops]
    explained = page.locator("article .facts dd").nth(2).inner_text()
    assert explained.startswith(f"{100 * statistics.identity()[3]:.0f} %")
    column = np.sort(dump.values[:, 3])
    shown = _numbers(page.inner_text("section[aria-labelledby='histogram-title'] .quiet"))[:5]
    quarters = column[np.rint(np.linspace(0, len(column) - 1, 5)).astype(int)]
    np.testing.assert_allclose(shown, quarters, atol=np.abs(column).max() / 254 + 0.0051)


def test_words__are_red_below_zero_and_blue_above(opened):
    page = opened.neuron(5)
    found = page.eval_on_selector_all(
        ".heatmap .word", "(all) => all.map((one) => [one.innerText, getComputedStyle(one).backgroundColor])"
    )
    for text, colour in found:
        red, _, blue = _numbers(colour)[:3]
        sign = text.strip().split()[-1][0]
        assert red > blue if sign == "−" else red < blue if sign == "+" else True
    assert {text.strip().split()[-1][0] for text, _ in found} >= {"+", "−"}


def _numbers(text: str) -> list[float]:
    return [float(number.replace("−", "-")) for number in re.findall(r"[+−]?\d+(?:\.\d+)?", text)]


def _rows(page, section: str) -> list:
    return page.locator(f"section[aria-labelledby='{section}-title'] tbody tr:has(td)").all()
