"""The page: one folder of HTML, figures and data that opens in any browser without a network or a server."""

from fairseq_neurons.page.write_page import write_report

__all__ = ["write_report"]
