"""nbgrader's gradebook as a projection of our marks.

We write ``auto_score``, ``auto_comment`` and ``needs_manual_grade``; ``manual_*`` belong to people: marks that
a person made in formgrader are pulled into ``HumanMark``, marks that a person made in the portal are put
there for formgrader and ``nbgrader export``. nbgrader itself (7 CPU-seconds to import) is only needed to
create an empty gradebook; a test holds ``tables`` equal to nbgrader's own models.
"""

from autograder.gradebook.connect import open_gradebook
from autograder.gradebook.notebooks import Course
from autograder.gradebook.project import (
    Manual,
    Projection,
    Task,
    generation,
    number_standing,
    standing,
    write,
)
from autograder.gradebook.pull import ManualMark, manual_marks
from autograder.gradebook.register import register

__all__ = [
    "Course",
    "Manual",
    "ManualMark",
    "Projection",
    "Task",
    "generation",
    "manual_marks",
    "number_standing",
    "open_gradebook",
    "register",
    "standing",
    "write",
]
