"""Logs of fairseq-train, made up: the lines that say how far it is, and one of the others."""

from __future__ import annotations

from datetime import datetime, timedelta

START = datetime(2026, 1, 31, 23, 59, 30)


def line(seconds: float, logger: str, message: str) -> str:
    return f"{START + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} | INFO | {logger} | {message}"


def begin(seconds: float, epoch: int) -> str:
    return line(seconds, "fairseq.trainer", f"begin training epoch {epoch}")


def inner(seconds: float, epoch: int, done: int, batches: int) -> str:
    return line(
        seconds, "train_inner", f"epoch {epoch:03d}: {done:6d} / {batches} loss=7.499, ppl=180.94, wps=0, wall=10"
    )


def valid(seconds: float, epoch: int, perplexity: str) -> str:
    losses = f"loss 6.644 | ppl {perplexity} | wps 14329.9 | wpb 275.8 | bsz 26.9 | num_updates 123 | best_loss 4.6"
    return line(seconds, "valid", f"epoch {epoch:03d} | valid on 'valid' subset | {losses}")


def training(epochs: int, seconds: float = 10.0) -> list[str]:
    """All epochs, each of so many seconds, with perplexities of 100, 50, 33.3, …"""
    lines = [line(0, "fairseq_cli.train", "{'_name': None, 'max_epoch': 17}"), "  (encoder): JointEncoder("]
    for epoch in range(1, epochs + 1):
        start = (epoch - 1) * seconds
        lines += [begin(start, epoch), inner(start + seconds / 2, epoch, 50, 100)]
        lines += [valid(start + seconds, epoch, f"{100 / epoch:.2f}")]
    return lines
