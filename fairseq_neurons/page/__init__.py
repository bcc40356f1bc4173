"""The page: one folder of HTML, figures and data that opens in any browser without a network or a server."""

from typing import TYPE_CHECKING

from fairseq_neurons.lazy_names import lazily

if TYPE_CHECKING:
    from fairseq_neurons.page.write_page import report

__all__ = ["report"]

if not TYPE_CHECKING:  # a type checker would take every unknown name for an existing one
    __getattr__ = lazily(__name__, {"report": "write_page"})
