"""What a card may ask of the kernel: save, check, teach, try with the AI, change the setting, review, hand in.

No widget here: a request is a JSON object, so is the reply. Every reply has ``ok``; a failure has a
``message`` that the learner reads, and perhaps a ``link``. What the AI writes is told before in pieces.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from courses.player.ai import Asking, Gateway, Tell
from courses.player.lesson import Json, LessonFile, PlayerError, read_lesson
from courses.player.pictures import picture_address
from courses.player.portal import Portal
from courses.player.store import AnswerStore, Conflict, Saved

MAX_ANSWER = 64 * 1024  # characters; a text is ≤8000, a reply too
_BROKEN = "Trang chưa hiểu thao tác này. Bài của bạn vẫn còn. Bạn mở lại bài rồi thử lần nữa."


def _tell_nobody(piece: str) -> None:
    del piece


@dataclass(frozen=True)
class Session:
    """One lesson open in one kernel."""

    lesson: LessonFile
    store: AnswerStore
    portal: Portal
    gateway: Gateway
    owner: str  # hub user name: drafts in a shared phone's browser are kept apart by it
    asking: dict[str, Asking] = field(default_factory=dict)  # what the AI writes now, by the request's ref

    def handle(self, request: Mapping[str, object], tell: Tell = _tell_nobody) -> Json:
        """Answer one request of a card; never raises. ``tell`` gets the pieces of what the AI writes."""
        try:
            if request.get("type") == "ai":
                return _ask_ai(self, request, tell)
            action = _ACTIONS.get(str(request.get("type")))
            return action(self, request) if action else {"ok": False, "message": _BROKEN}
        except PlayerError as error:
            return {"ok": False, "message": str(error)} | ({"link": error.link} if error.link else {})
        except (KeyError, TypeError, ValueError, AttributeError):
            return {"ok": False, "message": _BROKEN}

    def answer_state(self, saved: Saved, exercise: str) -> Json:
        """Return what a card shows of the store."""
        answer = self.store.answer(saved, exercise, saved.case)
        return {"case": saved.case, "answer": answer, "saved_at": saved.saved_at, "notice": self.store.notice}

    def submit_state(self, saved: Saved) -> Json:
        """Return what the submit card shows of the store."""
        return {"case": saved.case, "answered": sorted(saved.answers), "receipt": saved.receipt}


def open_session(folder: Path, env: Mapping[str, str] = os.environ) -> Session:
    """Open the lesson of a folder with the addresses that the hub put into the environment.

    Raises:
        PlayerError: when the folder holds no lesson.
    """
    lesson = read_lesson(folder)
    token = env.get("JUPYTERHUB_API_TOKEN", "")
    return Session(
        lesson=lesson,
        store=AnswerStore(folder, lesson.key, env.get("BDHAI_CASE", ""), lesson.varied_ids),
        portal=Portal(env.get("BDHAI_PORTAL_URL", "").rstrip("/"), token),
        gateway=Gateway(env.get("BDHAI_AI_URL", "").rstrip("/"), token),
        owner=env.get("JUPYTERHUB_USER", ""),
    )


def _save(session: Session, request: Mapping[str, object]) -> Json:
    exercise = session.lesson.slot(str(request["exercise"])).id
    answer = _answer(request["answer"])
    base = None if request.get("base") is None else _answer(request["base"])
    force = request.get("force") is True
    result = session.store.put(exercise, answer, base, str(request["case"]), force=force)
    if isinstance(result, Conflict):
        return {"ok": False, "conflict": {"answer": result.theirs}, "saved_at": result.saved_at}
    return {"ok": True, "saved_at": result.saved_at}


def _check(session: Session, request: Mapping[str, object]) -> Json:
    exercise = session.lesson.slot(str(request["exercise"])).id
    outcome = session.portal.check(
        session.lesson.key, exercise, str(request["case"]), _answer(request["answer"])
    )
    return {"ok": True, **{key: outcome.get(key) for key in ("status", "told", "hint", "why", "tries")}}


def _pupil(session: Session, request: Mapping[str, object]) -> Json:
    exercise = session.lesson.slot(str(request["exercise"])).id
    turns = _answer({"turns": request["turns"]})["turns"]
    told = session.portal.pupil(session.lesson.key, exercise, str(request["case"]), cast("list[Json]", turns))
    names = ("reply", "done", "pending", "left", "understood", "total", "quiz")
    return {"ok": True, **{name: told.get(name) for name in names}}


def _ask_ai(session: Session, request: Mapping[str, object], tell: Tell) -> Json:
    asking = session.gateway.ask(str(request["text"])[:MAX_ANSWER])
    if asking is None:
        return {"ok": True, "reply": None}  # no AI is set up, the card shows the recorded sample
    ref = str(request.get("ref"))
    session.asking[ref] = asking
    try:
        written = asking.write(tell)
    finally:
        session.asking.pop(ref, None)
    if written is None:
        return {"ok": True, "reply": None}
    return {"ok": True, "reply": written.text, "end": written.end}


def _stop_ai(session: Session, request: Mapping[str, object]) -> Json:
    asking = session.asking.get(str(request["of"]))
    if asking is not None:
        asking.stop()
    return {"ok": True}


def _switch(session: Session, request: Mapping[str, object]) -> Json:
    exercise = session.lesson.slot(str(request["exercise"])).id
    saved = session.store.switch(str(request["case"]))
    return {"ok": True, **session.answer_state(saved, exercise)}


def _cards(session: Session, _request: Mapping[str, object]) -> Json:
    due = session.portal.cards()
    return {"ok": True, **{key: due.get(key) for key in ("learned", "cards", "next_on")}}


def _answer_card(session: Session, request: Mapping[str, object]) -> Json:
    card = int(cast("int", request["card"]))
    return {"ok": True, **session.portal.answer_card(str(request["lesson"]), card, str(request["grade"]))}


def _picture(session: Session, request: Mapping[str, object]) -> Json:
    return {"ok": True, "address": picture_address(session.store.folder, str(request["name"]))}


def _submit(session: Session, _request: Mapping[str, object]) -> Json:
    saved = session.store.read()
    receipt = session.portal.submit(session.lesson.key, saved.case, saved.answers)
    shown: Json = {
        key: receipt.get(key) for key in ("receipt", "submitted_at", "score", "max_score", "marks")
    }
    shown["url"] = session.portal.result_path(str(shown["receipt"]))
    session.store.keep_receipt(shown)
    return {"ok": True, **shown}


_Action = Callable[[Session, Mapping[str, object]], Json]
_ACTIONS: dict[str, _Action] = {
    "save": _save,
    "check": _check,
    "stop": _stop_ai,
    "pupil": _pupil,
    "case": _switch,
    "cards": _cards,
    "card": _answer_card,
    "picture": _picture,
    "submit": _submit,
}


def _answer(raw: object) -> Json:
    if not isinstance(raw, dict) or len(str(raw)) > MAX_ANSWER:
        raise PlayerError("Câu trả lời dài quá mức cho phép. Bạn rút ngắn lại giúp nhé.")
    return cast("Json", raw)
