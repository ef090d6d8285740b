"""A person's hands on an open lesson: finger, mouse, keyboard. Drivers of kinds use nothing else."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Locator, Page, expect

SECONDS = 30
MAX_TABS = 200
STILL = 150  # ms at the end of a swipe; a finger that flies off makes Chromium swallow the next tap

# JupyterLab lays out a cell when it comes into sight, so what is scrolled to, or dragged over, moves once more.
STANDS_STILL = """async (it, scroll) => {
    for (let last = null, steady = 0; steady < 3; ) {
        if (scroll) it.scrollIntoView({block: "center"});
        await new Promise(requestAnimationFrame);
        const { top } = it.getBoundingClientRect();
        steady = top === last ? steady + 1 : 0;
        last = top;
    }
}"""


@dataclass(frozen=True)
class Hand:
    """One open lesson page."""

    place: ClassVar[str] = "main"  # where on the page the lesson is

    page: Page
    folder: Path  # the learner's lesson folder, where answers.json is written

    def card(self, number: int) -> Locator:
        """Return the card of the exercise of that number, from 1."""
        return self.page.locator(f"#bai-tap-{number}")

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus."""
        for _ in range(MAX_TABS):
            if target.evaluate("it => it === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {target}")

    def press(self, *keys: str) -> None:
        """Press keys one after the other: "Space", "ArrowDown", "a"."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.page.keyboard.type(text)

    def hold(self, what: Locator, *, scroll: bool = True) -> None:
        """Begin to drag with the mouse."""
        x, y = _middle(what, scroll=scroll)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 12, y + 12, steps=3)

    def drag(self, what: Locator, where: Locator) -> None:
        """Drag with the mouse; ``where`` may be there only once the drag has begun."""
        what.evaluate(STANDS_STILL, True)  # noqa: FBT003 - Playwright's own signature
        if where.is_visible():  # a long list's other end may be above what JupyterLab shows
            where.evaluate("it => it.scrollIntoView({block: 'nearest'})")
        self.hold(what, scroll=False)
        expect(where).to_be_visible()
        self.page.mouse.move(*_middle(where, scroll=False), steps=6)
        self.page.mouse.up()

    def swipe(self, what: Locator, where: Locator) -> None:
        """Drag with a finger; ``where`` as in ``drag``."""
        wire = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            places = [{"x": x, "y": y} for x, y in points]
            wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        x, y = _middle(what)
        touch("touchStart", (x, y))
        touch("touchMove", (x + 6, y + 6))
        touch("touchMove", (x + 12, y + 12))
        expect(where).to_be_visible()
        end = _middle(where, scroll=False)
        touch("touchMove", ((x + end[0]) / 2, (y + end[1]) / 2))
        touch("touchMove", end)
        self.page.wait_for_timeout(STILL)
        touch("touchMove", (end[0] + 1, end[1]))
        touch("touchEnd")
        wire.detach()

    def saved(self, answers: dict[str, object]) -> None:
        """Wait until answers.json holds exactly these answers, by exercise id."""
        until = time.monotonic() + SECONDS
        while (found := self._answers()) != answers:
            if time.monotonic() > until:
                assert found == answers, found
            self.page.wait_for_timeout(100)  # lets the page go on

    def _answers(self) -> dict[str, object] | None:
        try:
            found: dict[str, object] = json.loads((self.folder / "answers.json").read_text())["answers"]
        except FileNotFoundError:
            return None
        return found


def _middle(it: Locator, *, scroll: bool = True) -> tuple[float, float]:
    it.evaluate(STANDS_STILL, scroll)
    box = it.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
