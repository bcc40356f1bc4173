"""The page for everyone: by keyboard alone, on narrow and wide windows, dark and light, without colours or scripts."""

from __future__ import annotations

import re

import pytest

from tests.page.browser_window import Opened
from tests.page.hostile_run import NEURONS

pytestmark = pytest.mark.xdist_group("chromium")

ADDRESSES = ("#/", "#/model/1", "#/model/1/neuron/0", "#/shared")
# Text of WCAG 2's level AA; of small size throughout.
ENOUGH = 4.5
PAIRS = {
    "#/": ["h1", ".lead", ".card h3", ".quiet", "td", "td small", "summary", ".button", ".views a:not([aria-current])"],
    "#/model/1/neuron/0": [
        *(".row-name", ".row-index", ".row-words .high", ".row-words .low", ".results", ".field", "#search"),
        *(".heatmap bdi", ".heatmap small", ".word-columns td.high", ".word-columns td.low", ".axis", ".check"),
        *("button[aria-pressed=true]", "dt", "dd small", "a[href*=neuron]", ".row[aria-selected=true] .row-note"),
    ],
}


def test_wide_table__has_a_shadow_where_it_continues(chromium, report):
    with Opened(chromium, report, 390) as opened:
        page = opened.go()
        regions = page.locator("#overview .wide").all()
        assert any(one.evaluate("table => table.scrollWidth > table.clientWidth") for one in regions)
        style = "getComputedStyle(document.querySelector('.wide'))"
        assert page.evaluate(f"{style}.backgroundAttachment") == "local, local, scroll, scroll"
        assert page.evaluate(f"{style}.backgroundImage").count("linear-gradient") == 4


@pytest.mark.parametrize("width", [390, 1440])
def test_no_view__is_wider_than_the_window(chromium, report, width):
    with Opened(chromium, report, width) as opened:
        for address in ADDRESSES:
            page = opened.go(address)
            page.wait_for_load_state()
            if "neuron" in address:
                page.wait_for_selector(".heatmap .word")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert opened.overflow() <= 0, address
            for control in page.locator(".views a, #theme").all():
                box = control.bounding_box()
                assert box and box["x"] >= 0 and box["x"] + box["width"] <= width


def test_narrow_window__shows_list_and_neuron_in_turn(chromium, report):
    with Opened(chromium, report, 390) as opened:
        page = opened.go("#/model/1")
        page.wait_for_selector(".row")
        assert page.is_visible("#search") and page.is_visible(".sort")
        page.click(".row >> nth=1")
        page.wait_for_selector(".heatmap .word")
        assert not page.is_visible(".list")
        page.click("text=All neurons")
        page.wait_for_selector(".list", state="visible")
        page.click(".row >> nth=2")
        page.wait_for_selector(".list", state="hidden")
        page.go_back()
        page.wait_for_selector(".list", state="visible")


def test_narrow_window__hands_the_focus_from_the_list_to_the_neuron(chromium, report):
    with Opened(chromium, report, 390) as opened:
        page = opened.go("#/model/1")
        page.focus(".list")
        page.keyboard.press("ArrowDown")
        page.wait_for_selector(".heatmap .word")
        page.wait_for_function("document.activeElement.id === 'neuron-title'")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.neuron') !== null")


def test_keyboard_alone__finds_and_reads_a_neuron(opened):
    page = opened.go("#/model/1")
    page.wait_for_selector(".row")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("encoder.0.fwd.*")
    page.wait_for_function("() => document.querySelector('.results').innerText.includes('Names')")
    assert page.input_value("#search") == "encoder.0.fwd.*"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    order = opened.listed()
    for key, expected in (("ArrowDown", 0), ("ArrowDown", 1), ("End", -1), ("ArrowUp", -2), ("Home", 0)):
        page.keyboard.press(key)
        page.wait_for_selector(f"article.neuron[data-neuron='{order[expected]}']")
        active = page.get_attribute(".list", "aria-activedescendant")
        assert active == f"neuron-{order[expected]}"
        assert page.get_attribute(f"#{active}", "aria-selected") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.panel') !== null")


def test_roles__describe_the_elements(opened):
    page = opened.neuron(1)
    assert page.get_attribute(".row", "aria-setsize") == str(NEURONS)
    assert page.get_attribute(".results", "aria-live") == "polite"
    assert page.get_attribute(".histogram", "aria-label").startswith("Histogram: lowest")
    named = "one.textContent.trim() || one.labels?.length || one.ariaLabel || one.querySelector('img')?.alt"
    controls = "[...document.querySelectorAll('button, select, input, a')]"
    assert page.evaluate(f"{controls}.filter((one) => !({named})).length") == 0
    levels = page.evaluate("[...document.querySelectorAll('#neurons :is(h1,h2,h3)')].map((one) => one.localName)")
    assert levels[0] == "h2" and set(levels[1:]) == {"h3"}


def test_values__are_text_and_not_only_colour(opened):
    page = opened.neuron(1)
    texts = page.locator(".heatmap small").all_inner_texts()
    assert all(re.fullmatch(r"[+−]\d+\.\d\d|0\.00", text) for text in texts)
    page.click(".check")
    assert not page.is_visible(".heatmap small")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text__stands_out_from_its_background(chromium, report, scheme):
    with Opened(chromium, report, scheme=scheme) as opened:
        for address, selectors in PAIRS.items():
            page = opened.go(address)
            if "neuron" in address:
                page.wait_for_selector(".heatmap .word")
            assert page.evaluate("document.documentElement.dataset.theme") == scheme
            # Words as strongly coloured as they can be.
            page.evaluate("document.querySelectorAll('.word').forEach((word) => word.style.setProperty('--share', 1))")
            found = page.evaluate(CONTRASTS, selectors)
            assert set(found) == set(selectors)
            assert {name: ratio for name, ratio in found.items() if ratio < ENOUGH} == {}


def test_switch__turns_light_to_dark_and_is_remembered(opened):
    page = opened.go()
    page.click("#theme")
    assert page.evaluate("theme.current()") == "dark"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert sum(map(int, re.findall(r"\d+", dark))) < 150


def test_without_scripts__tables_and_figures_are_there(chromium, report):
    with Opened(chromium, report, java_script_enabled=False) as opened:
        page = opened.go()
        assert page.is_visible("#shared") and page.is_visible("noscript")
        assert page.locator("table:visible").count() > 2 and page.locator("figure img").count() > 3


def test_paper__has_the_neuron_and_not_the_controls(opened):
    page = opened.neuron(1)
    page.emulate_media(media="print")
    assert page.is_visible(".heatmap") and page.is_visible(".histogram")
    assert not page.is_visible(".finder") and not page.is_visible(".top")


# The smallest WCAG contrast of the visible elements that a selector finds, against all backgrounds that lie below.
CONTRASTS = """(selectors) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function painted(colours) {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }
  function luminance(rgb) {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function contrast(element) {
    const below = [];
    let opacity = 1;
    for (let one = element; one; one = one.parentElement) {
      below.unshift(getComputedStyle(one).backgroundColor);
      opacity *= Number(getComputedStyle(one).opacity);
    }
    const background = painted(["white", ...below]);
    canvas.globalAlpha = 1;
    const ink = painted([getComputedStyle(element).color]).map((c, i) => c * opacity + background[i] * (1 - opacity));
    const [a, b] = [luminance(ink), luminance(background)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }
  const found = {};
  for (const selector of selectors) {
    const visible = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    if (visible.length) found[selector] = Math.min(...visible.map(contrast));
  }
  return found;
}"""
