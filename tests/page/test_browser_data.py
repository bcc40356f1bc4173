"""The neuron browser in a real browser: what is searched, sorted and shown is what the dump and the rankings hold."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.label_auc import separation
from fairseq_neurons.statistics.word_types import word_statistics
from tests.page.browser_window import Opened
from tests.page.hostile_run import NEURONS, labels

pytestmark = pytest.mark.xdist_group("chromium")


@pytest.fixture(scope="module")
def dump(run) -> Activations:
    return Activations(run / "activations" / "1")


def test_all_views__open_without_error_or_network(opened):
    page = opened.go()
    assert page.inner_text("h1") == opened.page.evaluate("document.title").partition(" · ")[0]
    for view, shown in (("Neurons", ".finder"), ("Shared neurons", "#shared"), ("Overview", "#overview")):
        page.click(f".views >> text={view}")
        page.wait_for_selector(shown, state="visible")
        assert page.inner_text(".views a[aria-current]") == view


def test_sorting_by_a_ranking__gives_its_order(opened, run):
    page = opened.go("#/model/1")
    page.wait_for_selector(".row")
    for name in ("rankings/max", "rankings/variance", "probes/pos"):
        page.select_option(".sort", label=name)
        file = run / name / "ranking.json" if name == "probes/pos" else run / f"{name}.json"
        order = Ranking.load(file).order.tolist()
        # Two rankings may have the same first neuron: only the whole order shows that the list is the new one.
        opened.wait_for_list(order)
    page.select_option(".sort", label="Index")
    page.wait_for_selector(".row[data-neuron='0'][aria-posinset='1']")
    assert opened.listed() == list(range(NEURONS))


def test_search_by_word__finds_its_neurons_by_the_variance_it_explains(opened, dump):
    statistics = word_statistics(dump)
    opened.go("#/model/1").wait_for_selector(".row")
    assert "“not”" in opened.search("not")
    shares = np.array([statistics.shares(d)[statistics.words.index("not")] for d in range(NEURONS)])
    found = opened.listed()
    assert found[0] == 3
    assert found == sorted(found, key=lambda d: -shares[d])
    held = {d for d in range(NEURONS) if "not" in {word.word for word in statistics.by_share(d)}}
    assert held <= set(found)
    assert opened.page.inner_text(".row[data-neuron='3'] .row-note") == f"+{100 * shares[3]:.1f} %"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("7", [7]),
        ("encoder.0.fwd.11", [11]),
        ("encoder.0.fwd.1?", [10, 11]),
        ("encoder.0.fwd.2,encoder.0.fwd.4", [2, 4]),
        ("fwd", list(range(NEURONS))),
        ("encoder.[0", []),
        ("xyzzy", []),
    ],
)
def test_search_by_index_or_name__finds_these(opened, query, expected):
    opened.go("#/model/1").wait_for_selector(".row")
    opened.search(query)
    assert sorted(opened.listed()) == expected
    if not expected:
        assert "Nothing is called" in opened.page.inner_text(".results")


@pytest.mark.parametrize("query", ["pos:<b>NN</b>", "<b>NN</b>", "pos:__proto__"])
def test_search_by_label__orders_by_the_area_under_the_curve(opened, dump, query):
    found = separation(dump, [label for line in labels() for label in line])
    areas = found.auc[found.labels.index(query.removeprefix("pos:"))]
    opened.go("#/model/1").wait_for_selector(".row")
    assert "AUC" in opened.search(query)
    assert opened.listed() == np.argsort(-np.abs(areas - 0.5), kind="stable").tolist()


def test_a_query_of_several_meanings__lets_choose(opened):
    opened.go("#/model/1").wait_for_selector(".row")
    opened.search("__proto__")
    meanings = opened.page.locator(".meanings label")
    assert [text.strip() for text in meanings.all_inner_texts()][-1] == "Word “__proto__”"
    meanings.last.click()
    opened.page.wait_for_function("() => document.querySelector('.results').innerText.includes('Word “__proto__”')")


def test_deep_link__opens_the_neuron_with_its_search(opened):
    page = opened.go("#/model/2/neuron/9?q=not")
    page.wait_for_selector("article.neuron[data-neuron='9']")
    assert page.input_value("#search") == "not"
    assert page.get_attribute(".row[data-neuron='9']", "aria-selected") == "true"


def test_chosen_neuron__is_in_view_in_the_list(opened, run):
    last = int(Ranking.load(run / "rankings" / "max.json").order[-1])
    page = opened.neuron(last)
    page.set_viewport_size({"width": 1440, "height": 600})
    page = opened.neuron(last)
    page.wait_for_selector(f".row[data-neuron='{last}'][aria-posinset='{NEURONS}']")
    page.wait_for_function("() => document.querySelector('.list').scrollTop > 0")
    row, box = (page.locator(one).bounding_box() for one in (f".row[data-neuron='{last}']", ".list"))
    assert box["y"] <= row["y"] and row["y"] + row["height"] <= box["y"] + box["height"] + 1


def test_wrong_link__is_reported_in_a_sentence(opened):
    page = opened.go(f"#/model/1/neuron/{NEURONS}")
    assert page.inner_text("[role=alert]") == f"Model 1 has no neuron {NEURONS}: the last is {NEURONS - 1}."
    page = opened.go("#/model/1/neuron/-1")
    assert page.inner_text("[role=alert]") == f"Model 1 has no neuron -1: the last is {NEURONS - 1}."
    page = opened.go("#/model/%3Cb%3E")
    assert "no neurons of a model “<b>”" in page.inner_text("[role=alert]")


def test_missing_file__is_reported(chromium, report, tmp_path):
    incomplete = shutil.copytree(report, tmp_path / "page")
    (incomplete / "data" / "0" / "neuron" / "6.js").unlink()
    with Opened(chromium, incomplete) as opened:
        page = opened.go("#/model/1/neuron/6")
        assert "data/0/neuron/6.js is missing" in page.inner_text("[role=alert]")
        assert any("6.js" in what for what in opened.wrong)
        opened.wrong.clear()


def test_names_in_shared_neurons__lead_to_the_neurons(opened, run):
    results = json.loads((run / "probes" / "pos" / "results.json").read_text())
    shared = {name for pair in results["shared"]["pairs"] for name in pair["neurons"]}
    shared |= {f"encoder.0.fwd.{most['neuron']}" for most in results["shared"]["most_shared"]}
    page = opened.go("#/shared")
    links = page.locator("#shared a")
    assert set(links.all_text_contents()) == shared
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    name = links.first.inner_text()
    links.first.click()
    page.wait_for_selector("article.neuron")
    assert page.inner_text("#neuron-title") == name
