"""JupyterLab with a lesson's notebook open: the other place where learners meet the cards."""

from __future__ import annotations

import re
from typing import ClassVar

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.courses.player.hand import Hand
from tests.courses.player.learner_server import LearnerServer

PATIENCE = 60_000  # ms; JupyterLab is the heaviest page there is
_IDLE = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
_LEAVE = """async () => {
    for (const one of [...jupyterapp.shell.widgets("main")]) {
        if (one.context) one.context.model.dirty = false;  // nobody is to be asked whether to save it
        one.dispose();
    }
    await jupyterapp.serviceManager.sessions.shutdownAll();
}"""


class LabHand(Hand):
    """The same hands on a notebook, where cards have no ids of the page."""

    place: ClassVar[str] = ".bdh-card"

    def card(self, number: int) -> Locator:
        """See ``Hand.card``."""
        return self.page.locator(".bdh-card").filter(has_text=re.compile(rf"Câu {number}/"))


def open_lab(context: BrowserContext, learner: LearnerServer) -> Page:
    """Open JupyterLab on a lesson's notebook and run its cells; ``close_lab`` it afterwards."""
    page = context.new_page()
    page.goto(f"{learner.lab}?reset")  # it opens the last test's notebook again otherwise
    run_cells(page)
    return page


def open_another(page: Page, learner: LearnerServer) -> None:
    """In an open JupyterLab: leave what is open, then open a lesson's notebook and run its cells.

    JupyterLab itself takes several seconds of a processor to load, a notebook in it one.
    """
    page.evaluate(_LEAVE)
    page.evaluate("path => jupyterapp.commands.execute('docmanager:open', {path})", learner.notebook)
    run_cells(page)


def run_cells(page: Page) -> None:
    """Run the notebook in front and wait for its last card."""
    notebook = page.locator(".jp-Notebook:visible")
    expect(notebook.locator(".jp-MarkdownOutput").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_function(_IDLE)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    last = notebook.locator(".bdh-card").get_by_role("heading", name="Nộp bài")
    expect(last).to_be_visible(timeout=PATIENCE)


def close_lab(page: Page) -> None:
    """Stop its kernels: the next test's notebook of the same name would get this one's."""
    page.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")
