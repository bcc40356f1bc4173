"""Verify results against the checksums that they carry: dumps as a whole, rankings, probes and curves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from fairseq_neurons.ablation.curve import POINTS, Curve
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.label_file_names import ranking_file
from fairseq_neurons.probing.probe_results import FILE, ProbeResults
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.ranking_files import is_a_ranking
from fairseq_neurons.same_model import check_same_neurons
from fairseq_neurons.storage.files import read_bytes, reading
from fairseq_neurons.storage.sealed_json import CHECKSUM

# Folders of unfinished results, and hidden ones.
SKIPPED = ("*.partial", ".*")


class Verified(NamedTuple):
    """What was found of one result.

    Args:
        path: the folder or file.
        kind: ``dump``, ``ranking``, ``probe`` or ``curve``.
        damage: what is wrong; empty for nothing.
        has_checksum: whether all its files have checksums; those of earlier versions and other programs have none.
    """

    path: Path
    kind: str
    damage: str
    has_checksum: bool

    def __str__(self) -> str:
        if self.damage:
            return f"{self.path}: {self.kind}, DAMAGED. {self.damage}"
        known = "as it was written" if self.has_checksum else "complete, but without checksums to compare with"
        return f"{self.path}: {self.kind}, {known}"


def verify(*paths: str | Path) -> list[Verified]:
    """Verify all dumps, rankings, probes and curves in some folders.

    Every value of a dump is read, those of large dumps, too, of which opening reads only a sample.

    Args:
        paths: folders of such results, or of folders of them; or files of rankings.

    Returns:
        One entry a result, in the order of the names.

    Raises:
        InputError: if a folder does not exist or holds no result.
    """
    found: list[Verified] = []
    for path in map(Path, paths):
        with reading(path, "folder"):
            os.stat(path)
            entries = list(_verified(path))
        if not entries:
            raise InputError(f"{path} holds no dump, ranking, probe or curve.")
        found += entries
    return found


def _verified(path: Path) -> Iterator[Verified]:
    if not path.is_dir():
        yield _entry(path, "ranking", _ranking)
        return
    for mark, kind, check in (
        ("manifest.json", "dump", _dump),
        ("probe.npz", "probe", _probe),
        (POINTS, "curve", _curve),
    ):
        if os.path.lexists(path / mark):
            yield _entry(path, kind, check)
            return
    for inner in sorted(path.iterdir()):
        if inner.is_dir() and not inner.is_symlink():
            if not any(fnmatch(inner.name, pattern) for pattern in SKIPPED):
                yield from _verified(inner)
        elif inner.suffix == ".json" and inner.is_file() and _may_be_a_ranking(inner):
            yield _entry(inner, "ranking", _ranking)


def _may_be_a_ranking(file: Path) -> bool:
    try:
        return is_a_ranking(file)
    except InputError:
        return True


def _entry(path: Path, kind: str, check: Callable[[Path], bool]) -> Verified:
    try:
        return Verified(path, kind, "", check(path))
    except InputError as error:
        return Verified(path, kind, str(error), False)


def _dump(path: Path) -> bool:
    dump = Activations(path)
    dump.verify()
    return dump.manifest.sha256 is not None and _is_sealed(path / "manifest.json")


def _ranking(path: Path) -> bool:
    Ranking.load(path)
    return _is_sealed(path)


def _probe(path: Path) -> bool:
    """The archive of the weights has checksums of its own."""
    results, trained = ProbeResults.load(path), TrainedProbe.load(path / "probe.npz")
    if trained.labels != results.labels or trained.weights.shape[1] != len(results.neurons):
        raise InputError(f"{path / 'probe.npz'} and {path / FILE} are of different probes.")
    needed = {path / "ranking.json", *(ranking_file(path, label) for label in results.labels)}
    needed |= {path / "rankings" / f"{name}.json" for name in (results.rankings.names[1:] if results.rankings else ())}
    files = sorted({*needed, *path.glob("rankings/*.json")})
    for file in files:
        check_same_neurons((path / FILE, results.neurons), (file, Ranking.load(file).neurons))
    return all(map(_is_sealed, [path / FILE, *files]))


def _curve(path: Path) -> bool:
    curve = Curve.read(path)
    for point in curve.points:
        if point.output and not os.path.isfile(path / point.output):
            raise InputError(f"{path / point.output} is missing.")
    return _is_sealed(path / POINTS)


def _is_sealed(path: Path) -> bool:
    lines = read_bytes(path, "file").splitlines() if path.suffix == ".jsonl" else [read_bytes(path, "file")]
    return all(f'"{CHECKSUM}"'.encode() in line for line in lines)
