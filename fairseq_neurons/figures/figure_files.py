"""Write figures as SVG, PDF or PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from fairseq_neurons import __version__
from fairseq_neurons.errors import InputError
from fairseq_neurons.figures.figure_style import SignedFigure, house_style
from fairseq_neurons.storage.files import write_bytes_whole

FORMATS = ("svg", "pdf", "png")
DPI = 200
SOFTWARE = f"fairseq-neurons {__version__}"


def render(figure: SignedFigure, format: str) -> bytes:
    """Render a figure to the bytes of a file, reproducibly for the same versions of matplotlib and fonts.

    Title and signature are stored as metadata. Text remains text in SVG and PDF.

    Args:
        figure: returned by a function of this package.
        format: one of `FORMATS`.

    Raises:
        InputError: if there is no such format.
    """
    if format not in FORMATS:
        raise InputError(f"format={format} is unknown; figures are written as {', '.join(FORMATS)}.")
    metadata = {
        "svg": {"Title": figure.title, "Description": figure.signature, "Creator": SOFTWARE, "Date": None},
        "pdf": {"Title": figure.title, "Subject": figure.signature, "Creator": SOFTWARE, "CreationDate": None},
        "png": {"Title": figure.title, "Description": figure.signature, "Software": SOFTWARE},
    }
    file = io.BytesIO()
    with house_style():
        figure.savefig(file, format=format, dpi=DPI, metadata=metadata[format])
    return file.getvalue()


def save(figure: SignedFigure, path: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write a figure in several formats; each file is written completely or not at all.

    Args:
        figure: returned by a function of this package.
        path: path without suffix.
        formats: some of `FORMATS`.

    Returns:
        Paths of the files.

    Raises:
        InputError: if there is no such format, or a file cannot be written.
    """
    base = Path(path)
    contents = {base.with_name(f"{base.name}.{format}"): render(figure, format) for format in formats}
    for file, content in contents.items():
        write_bytes_whole(file, content)
    return list(contents)
