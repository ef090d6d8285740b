"""nbgrader's formgrader, cut down to looking at and marking the learners that a person may see.

Stock formgrader shows everybody to everybody and can start converters, load any folder's configuration and
serve any file of the course. Here every route is listed; each request gets a gradebook of its own, in which
only the rows of visible learners exist; and what would run or rewrite something answers with a sentence.
"""

from autograder.gradebook_view.routes import Rule, routes
from autograder.gradebook_view.settings import settings
from autograder.gradebook_view.visible import Visible, VisibleGradebook, VisibleTo

__all__ = ["Rule", "Visible", "VisibleGradebook", "VisibleTo", "routes", "settings"]
