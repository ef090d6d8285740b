"""What the queue's pages share: which answer lies at an address, and the page around it."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from courses.school.models import Person
from hub_config.portal.handler import PageHandler, Viewer
from hub_config.portal.queue.form import Typed
from hub_config.portal.queue.items import find_item, open_items
from hub_config.portal.queue.view import Opened, QueueView, open_item, queue_view
from hub_config.web import POLICY

WITH_SCRIPT = f"{POLICY}; script-src 'self'; connect-src 'self'"
SAID = {
    "ghi": "Đã ghi.",
    "hoan-tac": "Đã hoàn tác. Câu này chờ bạn chấm lại.",
    "co-diem": "Câu ấy đã có người chấm, nên điều bạn vừa gửi chưa ghi. Mời bạn chấm câu này.",
}
_PLACE = re.compile(r"([0-9]{1,9})/([a-z0-9-]{1,60})")


class QueueHandler(PageHandler):
    """Shows answers of the queue."""

    def set_default_headers(self) -> None:
        """Allow the queue's own script, and nothing else."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", WITH_SCRIPT)

    def show_queue(self, viewer: Viewer, view: QueueView, typed: Typed | None = None, said: str = "") -> None:
        """Answer with the page; its address goes along for the script."""
        self.set_header("X-Address", self.address(view.item.place if view.item else ""))
        self.show("queue.html", viewer, queue=view, typed=typed or Typed(), said=SAID.get(said, ""))

    def go_on(self, viewer: Viewer, view: QueueView, said: str) -> None:
        """Answer a form: the script gets the page at once, a browser is sent to its address."""
        if self.request.headers.get("X-Queue") == "1":
            self.show_queue(viewer, view, said=said)
        else:
            self.redirect(self.address(view.item.place if view.item else "", said), status=303)

    def address(self, place: str = "", said: str = "") -> str:
        """Return where an answer lies."""
        path = f"{self.desk.prefix}hang-cho" + (f"/{place}" if place else "")
        return f"{path}?da={said}" if said else path

    def opened(self, session: Session, person: Person, submission_id: int, exercise: str) -> Opened | None:
        """Return an answer of the person's queue; None: unknown, decided and forbidden look the same."""
        item = find_item(session, person, submission_id, exercise)
        return open_item(session, person, self.desk.shelf, item) if item else None

    def page(self, session: Session, person: Person, opened: Opened | None) -> QueueView:
        """Return the page with an answer, or the empty page."""
        return queue_view(session, person, self.desk.shelf, opened)

    def page_at(self, session: Session, person: Person, place: str = "") -> QueueView:
        """Return the page with the answer at a place, or with the first one when none waits there."""
        shelf = self.desk.shelf
        found = _PLACE.fullmatch(place)
        opened = self.opened(session, person, int(found[1]), found[2]) if found else None
        if opened is None:
            items = open_items(session, person, shelf.all())
            opened = open_item(session, person, shelf, items[0]) if items else None
        return self.page(session, person, opened)
