"""Write the page of a run folder: plain files that any browser opens from the disk."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import jinja2
from tqdm import tqdm

from fairseq_neurons import __version__
from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import figures_of, render
from fairseq_neurons.options import takes
from fairseq_neurons.page.browser_data import File, model_files, text_file
from fairseq_neurons.page.data_scripts import script
from fairseq_neurons.page.neuron_facts import compute_facts
from fairseq_neurons.page.overview import overview
from fairseq_neurons.page.page_folder import PageFolder
from fairseq_neurons.page.page_sections import Picture
from fairseq_neurons.page.page_settings import PageSettings
from fairseq_neurons.runs.run_folder import Model, Run
from fairseq_neurons.storage.disk_space import check_disk_space, human_bytes

logger = logging.getLogger(__name__)

PACKAGE = "fairseq_neurons.page"
# In the order in which the page loads them.
SCRIPTS = (
    *("vendor/htm-preact.js", "format.js", "data.js", "search.js", "orders.js"),
    *("heatmap.js", "list.js", "neuron.js", "controls.js", "browser.js", "app.js"),
)
OTHERS = ("style.css", "theme.js", "vendor/README.md", "vendor/LICENSE.htm", "vendor/LICENSE.preact")
# An inch of CSS.
CSS_PIXELS = 96
# Approximate bytes: words, labels and ranks of a neuron, and the files of the page other than those of neurons.
OF_A_NEURON, OF_THE_PAGE = 6_000, 2_000_000


@takes(PageSettings)
def report(settings: PageSettings) -> Path:
    """Write the page of a run.

    Args:
        settings: see `PageSettings`; the function takes its fields as arguments.

    Returns:
        The file to open.

    Raises:
        InputError: if the run cannot be read, ``out`` is not a page, or the disk is full.
    """
    out, sentences = Path(settings.out), settings.sentences
    if sentences < 1:
        raise InputError(f"sentences={sentences}: give at least 1.")
    opened = Run.open(settings.run)
    shown = [model for model in opened.models_by_name if model.dumps]
    with PageFolder(out) as page:
        needed = sum(_size(opened, model, sentences) for model in shown) + OF_THE_PAGE
        counts = (len(opened.models), len(shown))
        logger.info("%d models, %d of them with states; about %s of disk", *counts, human_bytes(needed))
        check_disk_space(page.out, page.folder, needed, "sentences= takes fewer sentences", "about ")
        _write_assets(page)
        # What takes long comes last: a damaged result shows before it.
        _write_index(page, opened, _write_figures(page, opened))
        _write_models(page, opened, shown, settings)
        page.commit()
    return out / "index.html"


def _size(run: Run, model: Model, sentences: int) -> int:
    offsets = run.dump_of(model).activations.offsets
    words = int(offsets[min(sentences, len(offsets) - 1)])
    return len(model.neurons) * (OF_A_NEURON + words * 4 // 3) + words * 8


def _write_assets(page: PageFolder) -> None:
    assets = files(PACKAGE) / "assets"
    for name in (*SCRIPTS, *OTHERS):
        page.write(f"assets/{name}", (assets / name).read_bytes())


def _write_figures(page: PageFolder, run: Run) -> list[Picture]:
    pictures = []
    for drawing in tqdm(figures_of(run), "figures", unit="figure", disable=None):
        page.write(f"figures/{drawing.name}.svg", render(drawing.figure, "svg"))
        size = drawing.figure.get_size_inches() * CSS_PIXELS
        pictures.append(Picture(drawing.name, drawing.of, drawing.title, drawing.signature, *map(round, size.tolist())))
    return pictures


def _write_models(page: PageFolder, run: Run, shown: list[Model], settings: PageSettings) -> None:
    texts = list(dict.fromkeys(run.dump_of(model).text for model in shown))
    names = {model.name: number for number, model in enumerate(shown)}
    page.write("data/models.js", script("models", list(names)))
    for number, text in enumerate(texts):
        dump = next(run.dump_of(model) for model in shown if run.dump_of(model).text == text)
        page.write(*text_file(dump.activations, settings.sentences, number))
    for model in shown:
        of_text = texts.index(run.dump_of(model).text)
        for name, content in _files(run, model, names, of_text, settings):
            page.write(name, content)


def _files(run: Run, model: Model, names: dict[str, int], text: int, settings: PageSettings) -> Iterator[File]:
    facts = compute_facts(run, model, settings.language, settings.sentences)
    found = model_files(facts, names[model.name], text, names)
    total = len(model.neurons) + len(facts.orders) + 2
    return iter(tqdm(found, model.name, total, unit="file", disable=None))


def _write_index(page: PageFolder, run: Run, pictures: list[Picture]) -> None:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("index.html")
    page.write("index.html", template.render(overview=overview(run, pictures), scripts=SCRIPTS, version=__version__))
