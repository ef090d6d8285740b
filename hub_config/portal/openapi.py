"""The OpenAPI 3.1 document of the API, made of the same shapes that validate requests and replies."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from hub_config.portal.shapes import (
    LESSON,
    LONGEST_KEY,
    CardRequest,
    CardsToday,
    CheckReply,
    CheckRequest,
    FileReply,
    LessonState,
    Me,
    NextCard,
    Problem,
    PupilReply,
    PupilRequest,
    Receipt,
    ResultReply,
    SubmissionBrief,
    SubmissionRequest,
    VisitRequest,
)

Json = dict[str, Any]

_SENT: tuple[type[BaseModel], ...] = (
    VisitRequest,
    CheckRequest,
    PupilRequest,
    CardRequest,
    SubmissionRequest,
)
_GIVEN: tuple[type[BaseModel], ...] = (
    Me,
    LessonState,
    CheckReply,
    PupilReply,
    FileReply,
    CardsToday,
    NextCard,
    Receipt,
    SubmissionBrief,
    ResultReply,
    Problem,
)
_SAID = {
    400: "The body is not JSON.",
    401: "Nobody is signed in.",
    403: "The person is not on the school's list, or a cookie came without `_xsrf`.",
    404: "No such lesson, exercise or result, or it is not for this person.",
    413: "The body is larger than 256 KiB; a file: larger than allowed, or the person's room is full.",
    415: "The body is not application/json.",
    422: "A field is missing or malformed; `exercise` names the exercise at fault.",
    429: "Too many at once; `Retry-After` says how many seconds to wait.",
    503: "The hub does not answer, so nobody can be recognised; or the disk takes no file.",
}
_READ = (401, 403, 503)
_WRITE = (400, 401, 403, 404, 413, 415, 422, 503)


@lru_cache(maxsize=1)
def document(prefix: str) -> Json:
    """Return the document. ``prefix`` is the portal's path, with a slash at the end."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bình dân học AI: portal",
            "version": "1",
            "description": "What a lesson's player and other programmes may ask the portal. "
            'Errors are `{"error": "a Vietnamese sentence"}`.',
        },
        "servers": [{"url": f"{prefix}api"}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {"schemas": _schemas(), "securitySchemes": _SECURITY},
    }


_SECURITY = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`token <a JupyterHub token>`; browsers may use the portal's login cookie instead, "
        "with the page's `_xsrf` value in the header `X-Xsrftoken` when they write.",
    }
}


def _paths() -> Json:
    return {
        "/me": {"get": _read("me", "The signed-in person.", _ref(Me))},
        "/lessons": {"get": _read("lessons", "Every lesson and the person's state.", _list(LessonState))},
        "/visits": {"post": _write("visits", "The person opened a lesson.", VisitRequest, {"204": _EMPTY})},
        "/check": {
            "post": _write(
                "check",
                "Check one rule-marked answer; counts one try unless it is blank. Never gives the key.",
                CheckRequest,
                {"200": _json("The outcome.", _ref(CheckReply)), "429": _problem(429)},
            )
        },
        "/pupil": {
            "post": _write(
                "pupil",
                "Go on with a conversation with the pupil; nothing is stored but what a judge decides of it.",
                PupilRequest,
                {"200": _json("What the pupil says.", _ref(PupilReply)), "429": _problem(429)},
            )
        },
        "/cards": {
            "get": _read("cards", "Review cards due today.", _ref(CardsToday)),
            "post": _answer_card(),
        },
        "/files": {"post": _send_file()},
        "/submissions": {"get": _list_submissions(), "post": _submit()},
        "/results/{receipt}": {"get": _one_result()},
        "/openapi.json": {"get": _self()},
    }


def _answer_card() -> Json:
    about = "Answer a card that is due today; a second answer of the same day changes nothing."
    replies = {"200": _json("Stored.", _ref(NextCard)), "429": _problem(429)}
    return _write("answer_card", about, CardRequest, replies)


def _send_file() -> Json:
    """The body is the file itself; what it is, the server sees from its bytes."""
    name = {
        "name": "X-File-Name",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The file's name, percent-encoded UTF-8; text for people, never a path.",
    }
    errors = {str(status): _problem(status) for status in (401, 403, 413, 422, 429, 503)}
    return {
        "operationId": "send_file",
        "summary": "Send a file; an answer then names it by its id. Only its sender can use it.",
        "parameters": [name],
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        "responses": {"201": _json("Taken and read.", _ref(FileReply)), **errors},
    }


def _list_submissions() -> Json:
    lesson = {
        "name": "lesson",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "pattern": LESSON, "maxLength": LONGEST_KEY},
        "description": "Only submissions of this lesson.",
    }
    about = "The person's own submissions, the newest first, at most 100."
    operation = _read("own_submissions", about, _list(SubmissionBrief), (422,))
    return {**operation, "parameters": [lesson]}


def _submit() -> Json:
    answers = {"201": _json("Stored; what rules can mark is marked.", _ref(Receipt)), "429": _problem(429)}
    return _write(
        "submit",
        "Hand a lesson in. A person can hand in again; the newest counts.",
        SubmissionRequest,
        answers,
    )


def _one_result() -> Json:
    receipt = {
        "name": "receipt",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$"},
        "description": "The receipt's code.",
    }
    about = "A result, for its owner, a trainer of the owner's group, and administrators."
    return {**_read("result", about, _ref(ResultReply), (404,)), "parameters": [receipt]}


def _self() -> Json:
    return {
        "operationId": "openapi",
        "summary": "This document.",
        "security": [],
        "responses": {"200": _json("OpenAPI 3.1.", {"type": "object"})},
    }


def _read(name: str, about: str, schema: Json, more: tuple[int, ...] = ()) -> Json:
    errors = {str(status): _problem(status) for status in sorted({*_READ, *more})}
    return {"operationId": name, "summary": about, "responses": {"200": _json("Found.", schema), **errors}}


def _write(name: str, about: str, shape: type[BaseModel], answers: Json) -> Json:
    errors = {str(status): _problem(status) for status in _WRITE}
    body = {"required": True, "content": {"application/json": {"schema": _ref(shape)}}}
    return {"operationId": name, "summary": about, "requestBody": body, "responses": {**answers, **errors}}


_EMPTY = {"description": "Done."}


def _problem(status: int) -> Json:
    return _json(_SAID[status], _ref(Problem))


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _list(shape: type[BaseModel]) -> Json:
    return {"type": "array", "items": _ref(shape)}


def _ref(shape: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _schemas() -> Json:
    return {**_made(_SENT, "validation"), **_made(_GIVEN, "serialization")}


def _made(shapes: tuple[type[BaseModel], ...], mode: Literal["validation", "serialization"]) -> Json:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(shape, mode) for shape in shapes]
    _, made = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    return dict(made["$defs"])
