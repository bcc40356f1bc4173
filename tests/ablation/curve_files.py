"""Folders of curves as an ablation leaves them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve_records import Point

Line = dict[str, object]


def write_curve(
    folder: Path,
    points: Iterable[Point | Line],
    comparisons: Iterable[Comparison | Line] = (),
    metric: str = "bleu",
    checkpoint: str = "",
) -> Path:
    """The settings, the points and the comparisons; those that are dictionaries as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"format": 1, "settings": {"metric": metric, "checkpoint_sha256": checkpoint}, "rankings": {}}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    for name, records in (("curve", points), ("comparisons", comparisons)):
        lines = (record if isinstance(record, dict) else record.to_json() for record in records)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder
