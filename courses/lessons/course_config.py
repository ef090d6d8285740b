"""``nbgrader_config.py`` of one level: stock nbgrader, with our marks and without running code."""

from __future__ import annotations

_CONFIG = '''"""nbgrader configuration of {course}, written by `bdhai build`: do not edit."""

from pathlib import Path

from courses.site import gradebook_url, site_around

c = get_config()  # noqa: F821 - nbgrader gives it
root = Path(__file__).resolve().parent
site = site_around(root.parent.parent)
on_server = gradebook_url(site, "{course}")  # its password comes from the environment or site.yaml

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "{course}"
c.CourseDirectory.db_url = on_server if site.database else f"sqlite:///{{root / 'gradebook.db'}}"

# No Execute: a submission is data, and nothing that a learner sent is ever run.
# LedgerMarks comes after SaveAutoGrades, which wipes auto scores, and before the late penalties.
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.nbgrader_plugin.LedgerMarks",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# nbgrader puts mark schemes back into autograded notebooks; feedback must not show them.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
'''


def nbgrader_config(course: str) -> str:
    """Return the text of a level's ``nbgrader_config.py``; it holds no path and no secret."""
    return _CONFIG.format(course=course)
