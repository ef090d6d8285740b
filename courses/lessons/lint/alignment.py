"""Framework tags are those of the frameworks themselves: certificates carry them."""

from __future__ import annotations

from collections.abc import Iterable

from courses.lessons.lint.finding import Finding, Subject

_KNOWN = {
    "ailit": ("Engage", "Create", "Manage", "Shape"),
    "fourd": ("Delegation", "Description", "Discernment", "Diligence"),
}


def check_alignment(subject: Subject) -> Iterable[Finding]:
    """Check the closed sets, and that each framework is named at all."""
    line = subject.key_line("alignment")
    for name, tags in subject.lesson.alignment.items():
        if not tags:
            yield subject.warning(line, f"alignment.{name} còn trống")
        for tag in tags:
            if tag not in _KNOWN.get(name, (tag,)):
                yield subject.error(
                    line, f"alignment.{name}: “{tag}” không có; dùng {', '.join(_KNOWN[name])}"
                )
