"""Works as learners hand them in to a ``product``, for its tests."""

from __future__ import annotations

from courses.exercises.files import HandedFile
from courses.exercises.product.rules import Check
from courses.exercises.product.work import Work

DOCUMENTS = ("docx", "xlsx", "pptx", "pdf", "csv")
MEDIA = ("image", "audio", "video")


def raw_file(kind, **facts):
    """A file in an answer, as the server attests it."""
    return {"id": "0" * 64, "name": f"bai.{kind}", "type": kind, "size": 10, "facts": facts}


def handed(kind, beside="", **facts):
    """A work in a file; ``beside`` is what the learner wrote in the card."""
    return Work(text=beside, file=HandedFile.model_validate(raw_file(kind, **facts)))


def written(kind, body):
    """A work of these words: typed when the kind is ``text``, else in a document."""
    return Work(text=body) if kind == "text" else handed(kind, text=body, words=len(body.split()))


def told(rule, work):
    """What one declared check says of a work; the line begins with ✓, ✗ or ?."""
    check = Check.model_validate(rule)
    return check.told(check.rule.look_if_it_may(work))


def share(rule, work):
    """How many things of a check are right, of how many."""
    finding = Check.model_validate(rule).rule.look_if_it_may(work)
    return finding.right, finding.total
