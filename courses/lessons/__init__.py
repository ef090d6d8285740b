"""lesson.md to Lesson to nbgrader notebook."""

from courses.lessons.errors import Fault, LessonError
from courses.lessons.parse import lesson_folders, load_lesson, load_lessons

__all__ = ["Fault", "LessonError", "lesson_folders", "load_lesson", "load_lessons"]
