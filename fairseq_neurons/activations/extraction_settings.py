"""The options of ``fairseq-neurons-extract`` and of `fairseq_neurons.plugin.extraction.extract`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ExtractionSettings:
    """Which states of which words are dumped.

    Args:
        checkpoint: of a model whose architecture has an adapter.
        out: folder of the dump; must not exist.
        data: the data folder; by default the one the model was trained on.
        subset: of the data folder.
        states: patterns of blocks, such as ``encoder.*.ffn``, all of the encoder or all of the decoder; by default the
            hidden states of an LSTM and ``out`` of a transformer, of the encoder or of a language model. A translation
            model's decoder has a row for each word of the references: its state after reading that word.
        text: a raw text file, a sentence a line, in the tokens the model was trained on, instead of a subset; of a
            CoNLL-U file, its words (blanks inside a word become ``_``).
        references: with ``text``, for states of the decoder: a file with the translation of each line.
        surface: read the contractions of a CoNLL-U file as they are written (``im``), instead of their words (``in``,
            ``dem``), which a model of plain text has not seen.
        dump_text: the text given to ``fairseq-preprocess``, for the spelling of unknown words in a subset; that of the
            references for states of the decoder.
        sentencepiece: a SentencePiece model that splits the lines of ``text`` into the model's pieces.
        pooling: ``last``, ``first``, ``mean`` or ``none``.
        dtype: ``float16`` or ``float32``.
        eos: whether the end-of-sentence symbol has a row.
        subwords: ``words``, ``bpe`` or ``sentencepiece``: the dictionary's symbols; by default they decide.
        max_tokens: of a batch, padding included.
    """

    checkpoint: str
    out: str
    data: str | None = None
    subset: str = "test"
    states: list[str] = field(default_factory=list)
    text: str | None = None
    references: str | None = None
    surface: bool = False
    dump_text: str | None = None
    sentencepiece: str | None = None
    pooling: str = "last"
    dtype: str = "float32"
    eos: bool = False
    subwords: str | None = None
    max_tokens: int = 4000
