"""What holds for every test."""

from __future__ import annotations

import os

# The workers share the cores. With a thread a core each, the threads of tiny products wait for each other, busily.
os.environ.setdefault("OMP_NUM_THREADS", "1")
