"""Word labels: read from files, or assigned by built-in labelers and optional taggers."""

from typing import TYPE_CHECKING

from fairseq_neurons.lazy_names import lazily

if TYPE_CHECKING:
    from fairseq_neurons.labels.alignment import align
    from fairseq_neurons.labels.conllu_columns import read_column
    from fairseq_neurons.labels.conllu_files import conllu_sentences
    from fairseq_neurons.labels.encoding import EncodedLabels, LabelledRows, encode
    from fairseq_neurons.labels.label_files import read_labels
    from fairseq_neurons.labels.label_options import LabelOptions
    from fairseq_neurons.labels.label_sources import labels_of
    from fairseq_neurons.labels.labelers import LABELERS
    from fairseq_neurons.labels.sentence_labels import Labels
    from fairseq_neurons.labels.taggers import tag

__all__ = [
    "LABELERS",
    "EncodedLabels",
    "LabelOptions",
    "LabelledRows",
    "Labels",
    "align",
    "conllu_sentences",
    "encode",
    "labels_of",
    "read_column",
    "read_labels",
    "tag",
]

if not TYPE_CHECKING:  # a type checker would take every unknown name for an existing one
    __getattr__ = lazily(
        __name__,
        {
            "EncodedLabels": "encoding",
            "LABELERS": "labelers",
            "LabelOptions": "label_options",
            "Labels": "sentence_labels",
            "LabelledRows": "encoding",
            "align": "alignment",
            "conllu_sentences": "conllu_files",
            "encode": "encoding",
            "labels_of": "label_sources",
            "read_column": "conllu_columns",
            "read_labels": "label_files",
            "tag": "taggers",
        },
    )
