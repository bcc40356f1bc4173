"""Read from the log of a running command how far its progress bar is."""

from __future__ import annotations

import re

# tqdm's bars, such as "points:  39%|███▊      | 12/31 [00:09<00:16,  1.13mask/s]".
BAR = re.compile(r"([\w ]{1,40}): +\d{1,3}%\|[^|]*\| (\d{1,12})/(\d{1,12}) \[[\d:]+<([\d:]{1,12})[,\]]")


class BarLog:
    """The last progress bar in the log of a command."""

    def __init__(self) -> None:
        self.step = 0
        self.summary = ""

    def feed(self, line: str) -> None:
        """Take the next line or the next state of a bar; any text is accepted."""
        for name, done, total, left in BAR.findall(line):
            summary = f"{name.strip()} {done} of {total}, {left} left"
            self.step += summary != self.summary
            self.summary = summary
