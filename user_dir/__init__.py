"""The folder for ``--user-dir``: importing it registers our architectures and tasks with fairseq."""

import fairseq_neurons.plugin  # noqa: F401
from fairseq_neurons.plugin.error_reporting import report_input_errors

report_input_errors()
