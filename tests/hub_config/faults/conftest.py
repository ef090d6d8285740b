"""A whole school, and a learner's phone that looks at it while parts of it are killed."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.hub_fixture import KERNEL, Hub

LESSON = "level1/02-lenh-bon-phan"
RENDER = f"voila/render/{LESSON}/02-lenh-bon-phan.ipynb"
PATIENCE = 240  # seconds, on a machine with other work


def until(what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.3)


@dataclass
class Phone:
    """The demo learner's browser."""

    hub: Hub
    page: Page

    @property
    def username(self):
        return self.hub.accounts["learner"][0]

    def sign_in(self):
        self.page.goto(f"{self.hub.address}/hub/login")
        self.page.get_by_label("Tên đăng nhập").fill(self.username)
        self.page.get_by_label("Mật khẩu").fill(self.hub.accounts["learner"][1])
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url("**/services/portal/**")

    def open_lesson(self):
        self.page.goto(f"{self.hub.address}/hub/user-redirect/{RENDER}")
        self.page.wait_for_url(f"**/{RENDER}*", timeout=PATIENCE * 1000)
        self.is_open()

    def is_open(self, seconds=60):
        expect(self.page.locator("#nop-bai")).to_be_visible(timeout=seconds * 1000)
        expect(self.page.locator("#bdh-link")).to_be_empty(timeout=60_000)

    @property
    def box(self):
        return self.page.locator(".card textarea:visible").first

    def write(self, text):
        self.box.fill(text)

    def saved(self, text):
        """Wait until the answer is on the disk, and the page says so."""
        until(lambda: text in self.on_disk(), 90)
        expect(self.page.locator("#bdh-save")).to_contain_text("Đã lưu lúc", timeout=60_000)

    def hand_in(self):
        """Hand the lesson in; return the code of the new receipt."""
        card = self.page.locator("#nop-bai")
        code = card.locator(".bdh-code")
        before = code.inner_text() if code.count() else "-"
        card.get_by_role("button", name=re.compile("^Nộp (bài|lại)")).tap()
        card.get_by_role("button", name="Vẫn nộp").tap()  # one answer of several is written
        expect(code).not_to_have_text(before, timeout=60_000)
        return code.inner_text()

    def on_disk(self):
        path = self.hub.data / "homes" / self.username / LESSON / "answers.json"
        return (
            str(list(json.loads(path.read_text(encoding="utf-8"))["answers"].values()))
            if path.exists()
            else ""
        )

    def server(self):
        """Return the process of the learner's server, not of one of its kernels, however they start."""
        return next(
            each for each in self.hub.processes(JUPYTERHUB_USER=self.username)
            if not KERNEL.search(str(each.cmdline()))
        )  # fmt: skip


def service(hub, name):
    """Return the process of a service."""
    return hub.processes(JUPYTERHUB_SERVICE_NAME=name)[0]


def hub_process(hub):
    for each in psutil.Process(hub.process.pid).children():
        with suppress(psutil.ZombieProcess):  # what else fell is buried in a moment
            if "hub_config.school_hub" in str(each.cmdline()):
                return each
    raise AssertionError("no hub")


@pytest.fixture
def phone(chromium, hub):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="vi-VN")
    context.set_default_timeout(60_000)
    phone = Phone(hub, context.new_page())
    phone.sign_in()
    yield phone
    context.close()
