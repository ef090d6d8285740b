#!/usr/bin/env python3
"""Look at every lesson at once: pictures of each on a phone, and how long each takes.

Builds all lessons, opens each in a real Chromium at 390×844, takes two pictures (how it begins, and the challenge),
answers it with its author's full sample, and writes ``docs/lessons/bac-N.webp`` and ``docs/lessons.md``.

    .venv/bin/python scripts/contact_sheet.py            every lesson
    .venv/bin/python scripts/contact_sheet.py --out /tmp/x --lessons FOLDER
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from courses.clock import text_number  # noqa: E402 - the repository comes first, tests included
from courses.lessons.build import build_all  # noqa: E402
from courses.lessons.lint.time_budget import doing_minutes, reading_minutes  # noqa: E402
from courses.lessons.model import Lesson  # noqa: E402
from tests.courses.player import learner_server, services  # noqa: E402
from tests.courses.player.hand import Hand  # noqa: E402
from tests.courses.player.pages import shown  # noqa: E402
from tests.courses.player.taking import answer_all, full_sample, hand_in  # noqa: E402

PHONE = {"width": 390, "height": 844}
SMALL = (195, 422)  # of one picture on a sheet
ACROSS = 8  # pictures in a row: four lessons
GAP = 6
PAPER = "#C9D3C6"


@dataclasses.dataclass(frozen=True)
class Taken:
    """One lesson, looked at and answered. ``seconds``: what the script needed, from the address to the receipt."""

    lesson: Lesson
    pictures: tuple[Image.Image, ...]
    seconds: float


def main() -> None:
    """Take every lesson and write the sheets and the page."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--lessons", type=Path, default=ROOT, help="folder of level1 … level5")
    asked.add_argument("--out", type=Path, default=ROOT / "docs", help="where lessons.md and lessons/ go")
    given = asked.parse_args()
    taken = list(take_all(given.lessons))
    write(taken, given.out)
    print(f"{len(taken)} bài, {given.out / 'lessons.md'}")  # noqa: T201 - a script prints


def take_all(root: Path) -> Iterator[Taken]:
    """Yield each lesson of a folder, taken on a phone."""
    with tempfile.TemporaryDirectory() as folder, learner(Path(folder)) as server, phone() as browser:
        for lesson in build_all(root, Path(folder) / "built"):
            released = Path(folder) / "built" / lesson.course / "release" / lesson.slug
            shutil.copytree(released, server.home / lesson.key)
            yield take(browser, server, lesson)


@contextmanager
def learner(folder: Path) -> Iterator[learner_server.LearnerServer]:
    """Run a learner's server; the portal behind it is a stand-in that takes everything in."""
    portal = services.Services()
    standing_in = services.serve(portal)
    (folder / "home").mkdir()
    try:
        with learner_server.running(folder, "", portal, JUPYTERHUB_USER="nam") as server:
            yield server
    finally:
        standing_in.shutdown()
        standing_in.server_close()


@contextmanager
def phone() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def take(browser: Browser, server: learner_server.LearnerServer, lesson: Lesson) -> Taken:
    """Open a lesson, take its pictures, answer it and hand it in."""
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    began = time.monotonic()
    page.goto(f"{server.url}voila/render/{lesson.key}/{lesson.slug}.ipynb")
    hand = Hand(shown(page), server.home / lesson.key)
    pictures, looking = _pictures(page, lesson)
    answer_all(hand, lesson, full_sample(lesson))
    hand_in(hand, anyway=True)  # the stand-in's pupil never has enough
    seconds = time.monotonic() - began - looking
    context.close()
    return Taken(lesson, pictures, seconds)


def _pictures(page: Page, lesson: Lesson) -> tuple[tuple[Image.Image, ...], float]:
    """Return how the lesson begins and how its challenge looks, and the seconds that this took."""
    began = time.monotonic()
    challenge = next((n for n, slot in enumerate(lesson.slots, 1) if "" not in slot.variants), 1)
    found = [_picture(page)]
    page.locator(f"#bai-tap-{challenge}").evaluate(
        "it => it.scrollIntoView({block: 'start', behavior: 'instant'})"
    )
    found.append(_picture(page))
    return tuple(found), time.monotonic() - began


def _picture(page: Page) -> Image.Image:
    page.wait_for_timeout(200)  # pictures of the lesson are drawn
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        return shot.convert("RGB").resize(SMALL, Image.Resampling.LANCZOS)


def sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """Return the pictures on one sheet, row after row."""
    rows = -(-len(pictures) // ACROSS)
    across = min(ACROSS, len(pictures))
    wide, high = SMALL[0] + GAP, SMALL[1] + GAP
    made = Image.new("RGB", (across * wide + GAP, rows * high + GAP), PAPER)
    for place, picture in enumerate(pictures):
        made.paste(picture, (GAP + place % ACROSS * wide, GAP + place // ACROSS * high))
    return made


def write(taken: Sequence[Taken], out: Path) -> None:
    """Write a sheet for each level and the page that shows them."""
    folder = out / "lessons"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("bac-*.webp"):
        old.unlink()
    for level in sorted({one.lesson.level for one in taken}):
        own = [picture for one in taken if one.lesson.level == level for picture in one.pictures]
        sheet(own).save(folder / f"bac-{level}.webp", quality=70, method=6)
    (out / "lessons.md").write_text(told(taken), encoding="utf-8")


HEAD = """# Các bài học, nhìn một lượt

Trang này do `scripts/contact_sheet.py` viết ra: mở từng bài bằng trình duyệt thật, màn hình điện thoại 390×844, chụp chỗ mở
bài và chỗ thử thách, rồi làm bài bằng bài mẫu đủ điểm của người soạn và nộp.

- **Phút theo công thức**: chữ phải đọc / 150 chữ một phút, cộng thời gian làm từng bài tập (CONTRIBUTING, mục “Tính giờ”). Nhiều nhất 15.
- **Giây của máy**: từ lúc mở tới lúc nhận mã nộp bài. Máy không đọc và gõ tức thì, nên con số này chỉ cho biết trang không bắt người học chờ.
"""


def told(taken: Sequence[Taken]) -> str:
    """Return the page."""
    parts = [HEAD]
    for level in sorted({one.lesson.level for one in taken}):
        own = [one for one in taken if one.lesson.level == level]
        names = "; ".join(f"{one.lesson.number} {one.lesson.title}" for one in own)
        lines = [_line(one) for one in own]
        parts.append(
            f"## Bậc {level}\n\n![Ảnh các bài, mỗi bài hai ảnh: {names}](lessons/bac-{level}.webp)\n\n"
            "| bài | tên | phút theo công thức | trong đó đọc | làm bài | giây của máy |\n|---|---|---|---|---|---|\n"
            + "\n".join(lines)
            + "\n"
        )
    return "\n".join(parts)


def _line(one: Taken) -> str:
    reading, doing = reading_minutes(one.lesson), doing_minutes(one.lesson)
    title = one.lesson.title.replace("|", "\\|")
    numbers = (reading + doing, reading, doing, one.seconds)
    return (
        f"| {one.lesson.number} | {title} | " + " | ".join(text_number(round(n, 1)) for n in numbers) + " |"
    )


if __name__ == "__main__":
    main()
