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
    with Pool() as pool:
        for tokens in pool.imap(tokenise, sys.stdin, chunksize=1000):
            sys.stdout.write(tokens)
