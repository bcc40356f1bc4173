"""Moses' tokens without its XML escapes: python examples/tokenise.py LANGUAGE < text > tokens (needs sacremoses)."""

from __future__ import annotations

import sys
from multiprocessing import Pool

from sacremoses import MosesTokenizer

tokenizer = MosesTokenizer(sys.argv[1])


def tokenise(line: str) -> str:
    """One sentence."""
    return str(tokenizer.tokenize(line, return_str=True, escape=False)) + "\n"


if __name__ == "__main__":
    # A lone carriage return inside a sentence is no end of a line: the sides must keep as many lines as each other.
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    with Pool() as pool:
        for tokens in pool.imap(tokenise, sys.stdin, chunksize=1000):
            sys.stdout.write(tokens)
