"""Every address that our formgrader answers to; what is not listed does not exist."""

from __future__ import annotations

from typing import Any

from nbgrader.server_extensions.formgrader import apihandlers, handlers
from tornado import web

from autograder.gradebook_view.guarded import (
    Closed,
    CommentHandler,
    Files,
    MarkHandler,
    Nothing,
    Scoped,
    Start,
)

Rule = tuple[str, type[web.RequestHandler]] | tuple[str, type[web.RequestHandler], dict[str, Any]]

_READ: tuple[tuple[str, type[web.RequestHandler]], ...] = (
    (r"/formgrader/manage_assignments/?", handlers.ManageAssignmentsHandler),
    (r"/formgrader/manage_submissions/([^/]+)/?", handlers.ManageSubmissionsHandler),
    (r"/formgrader/gradebook/?", handlers.GradebookAssignmentsHandler),
    (r"/formgrader/gradebook/([^/]+)/?", handlers.GradebookNotebooksHandler),
    (r"/formgrader/gradebook/([^/]+)/([^/]+)/?", handlers.GradebookNotebookSubmissionsHandler),
    (r"/formgrader/manage_students/?", handlers.ManageStudentsHandler),
    (r"/formgrader/manage_students/([^/]+)/?", handlers.ManageStudentsAssignmentsHandler),
    (r"/formgrader/manage_students/([^/]+)/([^/]+)/?", handlers.ManageStudentNotebookSubmissionsHandler),
    (r"/formgrader/submissions/([^/]+)/?", handlers.SubmissionHandler),
    (
        rf"/formgrader/submissions/(?P<submission_id>[^/]+)/{handlers._navigation_regex}/?",  # noqa: SLF001 - stock route
        handlers.SubmissionNavigationHandler,
    ),
    (r"/formgrader/submissions/(.*)", Files),
    (r"/formgrader/api/status", apihandlers.StatusHandler),
    (r"/formgrader/api/assignments", apihandlers.AssignmentCollectionHandler),
    (r"/formgrader/api/assignment/([^/]+)", apihandlers.AssignmentHandler),
    (r"/formgrader/api/notebooks/([^/]+)", apihandlers.NotebookCollectionHandler),
    (r"/formgrader/api/submissions/([^/]+)", apihandlers.SubmissionCollectionHandler),
    (r"/formgrader/api/submission/([^/]+)/([^/]+)", apihandlers.SubmissionHandler),
    (
        r"/formgrader/api/submitted_notebooks/([^/]+)/([^/]+)",
        apihandlers.SubmittedNotebookCollectionHandler,
    ),
    (r"/formgrader/api/grades", apihandlers.GradeCollectionHandler),
    (r"/formgrader/api/comments", apihandlers.CommentCollectionHandler),
    (r"/formgrader/api/students", apihandlers.StudentCollectionHandler),
    (r"/formgrader/api/student/([^/]+)", apihandlers.StudentHandler),
    (r"/formgrader/api/student_submissions/([^/]+)", apihandlers.StudentSubmissionCollectionHandler),
    (
        r"/formgrader/api/student_notebook_submissions/([^/]+)/([^/]+)",
        apihandlers.StudentNotebookSubmissionCollectionHandler,
    ),
)
_MARK: tuple[tuple[str, type[web.RequestHandler]], ...] = (
    (r"/formgrader/api/grade/([^/]+)", MarkHandler),
    (r"/formgrader/api/comment/([^/]+)", CommentHandler),
    (r"/formgrader/api/submitted_notebook/([^/]+)/flag", apihandlers.FlagSubmissionHandler),
)
_CLOSED_ROUTES = (
    r"/formgrader/api/assignment/([^/]+)/(?:assign|unrelease|release|collect|generate_feedback|release_feedback)",
    r"/formgrader/api/assignment/([^/]+)/([^/]+)/(?:generate_feedback|release_feedback)",
    r"/formgrader/api/submission/([^/]+)/([^/]+)/autograde",
)
_STATIC: tuple[Rule, ...] = (
    (
        r"/formgrader/submissions/components/(.*)",
        web.StaticFileHandler,
        {"path": handlers.components_path},
    ),
    (r"/formgrader/fonts/(.*)", web.StaticFileHandler, {"path": handlers.fonts_path}),
    (r"/formgrader/static/(.*)", web.StaticFileHandler, {"path": handlers.static_path}),
)


def routes() -> list[Rule]:
    """Return everything that this formgrader answers to, without the service's prefix."""
    read = [(path, _scoped(kind, writable=False)) for path, kind in _READ]
    mark = [(path, _scoped(kind, writable=True)) for path, kind in _MARK]
    closed = [(path, Closed) for path in _CLOSED_ROUTES]
    return [(r"/formgrader/?", Start), *_STATIC, *closed, *mark, *read, (r"/.*", Nothing)]


def _scoped(kind: type[web.RequestHandler], *, writable: bool) -> type[web.RequestHandler]:
    """Return the handler with the visible part only; a read-only one loses every method that writes."""
    closed = {} if writable else dict.fromkeys(("put", "post", "delete", "patch"), kind._unimplemented_method)  # noqa: SLF001 - tornado's own 405
    return type(f"Scoped{kind.__name__}", (Scoped, kind), closed)
