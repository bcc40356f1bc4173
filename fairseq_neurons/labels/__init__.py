"""Word labels: read from files, or assigned by built-in labelers and optional taggers."""

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
