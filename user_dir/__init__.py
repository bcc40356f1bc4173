"""The folder for ``--user-dir``: importing it registers our architectures and tasks with fairseq."""

import fairseq_neurons.plugin  # noqa: F401
from fairseq_neurons.plugin.checked_loading import check_what_is_loaded
from fairseq_neurons.plugin.error_reporting import report_input_errors, show_log_messages
from fairseq_neurons.plugin.quiet_fairseq import quiet_warnings
from fairseq_neurons.plugin.validation import validate_with_given_task

report_input_errors()
show_log_messages()
check_what_is_loaded()
quiet_warnings()
validate_with_given_task()
