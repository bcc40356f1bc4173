"""The page in a browser window that records errors, dialogs and requests, which a test must not cause."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any


class Opened:
    """A window; when it closes, there must have been no error, no dialog, and no request but for files."""

    def __init__(self, browser: Any, report: Path, width: int = 1440, scheme: str = "light", **options: Any) -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        self.page, self.report = context.new_page(), report
        self.page.set_default_timeout(15_000)
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.wrong.append("dialog"), dialog.dismiss()))
        self.page.on("request", self._note_request)
        self.page.on("requestfailed", self._note_failure)

    def go(self, address: str = "") -> Any:
        """Open an address of the page, as if it were typed."""
        self.page.goto("about:blank")
        self.page.goto(f"{(self.report / 'index.html').as_uri()}{address}")
        return self.page

    def neuron(self, index: int, model: str = "1") -> Any:
        """Open the panel of a neuron."""
        self.go(f"#/model/{model}/neuron/{index}")
        self.page.wait_for_selector(f"article.neuron[data-neuron='{index}'] .heatmap .word")
        return self.page

    def listed(self) -> list[int]:
        """The neurons of the list, in its order, as far as it draws them."""
        rows = "(rows) => rows.map((row) => [Number(row.ariaPosInSet), Number(row.dataset.neuron)])"
        return [neuron for _, neuron in sorted(self.page.eval_on_selector_all(".row", rows))]

    def wait_for_list(self, neurons: list[int]) -> None:
        """Until the list has these neurons in this order; an error after the browser's usual time."""
        same = """neurons => {
            const rows = [...document.querySelectorAll('.row')].sort((a, b) => a.ariaPosInSet - b.ariaPosInSet);
            return rows.map((row) => row.dataset.neuron).join() === neurons.join();
        }"""
        self.page.wait_for_function(same, arg=neurons)

    def search(self, query: str) -> str:
        """Type a query; what the live region says when it has been answered."""
        before = self.page.inner_text(".results")
        self.page.fill("#search", query)
        self.page.wait_for_function("before => document.querySelector('.results').innerText !== before", arg=before)
        return self.page.inner_text(".results")

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        self.page.context.close()
        if kind is None:
            assert not self.wrong, self.wrong

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith(("file://", "about:")):
            self.wrong.append(f"request: {request.url}")

    def _note_failure(self, request: Any) -> None:
        # The browser aborts what the page still loads when a test leaves it.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.failure} {request.url}")
