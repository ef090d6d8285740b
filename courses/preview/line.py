"""The line between the page's cards and the session: Jupyter's messages, without a kernel behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from courses.player.lesson import Json
from courses.player.session import Session
from courses.preview.page import MODEL

Send = Callable[[Json], None]


def reply_to(message: Mapping[str, Any], session: Session) -> tuple[list[Json], list[Json]]:
    """Answer one message of a page; blocking.

    Returns:
        Messages for this page, and messages for every page that shows the same lesson.
    """
    if message.get("header", {}).get("msg_type") == "execute_request":
        return [_message("execute_reply", {"status": "ok"})], []
    content = message.get("content", {})
    comm, data = str(content.get("comm_id", "")), content.get("data", {})
    request = data.get("content") if isinstance(data, dict) and data.get("method") == "custom" else None
    if not comm.startswith(MODEL) or not isinstance(request, dict):
        return [], []
    reply = {**session.handle(request), "ref": request.get("ref")}
    state = _changed(request, reply)
    follow = [_comm(comm, {"method": "update", "state": {"state": state}})] if state else []
    return [_comm(comm, {"method": "custom", "content": reply})], follow


def _changed(request: Mapping[str, Any], reply: Json) -> Json:
    """Return the card's new state after a save or a change of the setting, as ``player.widget.Card`` does."""
    if not reply.get("ok"):
        return {}
    if request.get("type") == "save":
        case, answer = str(request["case"]), request["answer"]
        return {"case": case, "answer": answer, "saved_at": reply["saved_at"], "notice": ""}
    if request.get("type") == "case":
        return {key: reply[key] for key in ("case", "answer", "saved_at", "notice")}
    return {}


def _comm(comm: str, data: Json) -> Json:
    return _message("comm_msg", {"comm_id": comm, "data": data})


def _message(kind: str, content: Json) -> Json:
    return {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}


def dumped(message: Json) -> str:
    """Return a message as it goes over the socket."""
    return json.dumps(message, ensure_ascii=False)
