"""What Bé Chè understands must differ between the samples: else a judge that always says the same would pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.samples import FILE, sample_line
from courses.lessons.model import Lesson, Sample


def check_understood(subject: Subject) -> Iterable[Finding]:
    """Warn of a misconception that every sample has understood, or none."""
    for name, told in _told(subject.lesson).items():
        if len({is_understood for _, is_understood in told}) == 1 and len(told) > 1:
            exercise, misconception = name
            said = "true" if told[0][1] else "false"
            yield subject.warning(
                sample_line(subject, told[0][0], exercise),
                f"{exercise}: điều hiểu sai “{misconception}” bài mẫu nào cũng ghi {said}: thêm một bài ngược lại",
                FILE,
            )


def _told(lesson: Lesson) -> dict[tuple[str, str], list[tuple[Sample, bool]]]:
    """Return what the samples say, by exercise and misconception."""
    found: dict[tuple[str, str], list[tuple[Sample, bool]]] = {}
    for sample, exercise, misconception, is_understood in _each(lesson):
        found.setdefault((exercise, misconception), []).append((sample, is_understood))
    return found


def _each(lesson: Lesson) -> Iterator[tuple[Sample, str, str, bool]]:
    for sample in lesson.samples:
        for name, expectation in sample.expect.items():
            for misconception, is_understood in expectation.understood.items():
                yield sample, name, misconception, is_understood
