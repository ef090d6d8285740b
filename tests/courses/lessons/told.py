"""Every message that ``bdhai lint`` can tell an author, read from the code itself.

Whatever Vietnamese words stand in a function of the author's side are a message (or a piece of one), wherever they are
raised: so a new fault is found here without anybody listing it. What the code says to learners and markers is named.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import courses
from courses.yaml_errors import _TEXTS

ROOT = Path(courses.__file__).parent
_VIETNAMESE = re.compile(r"[À-ỹĐđ]")
_PLACE = re.compile(r"\{[^{}]*\}")

# The author's side: how a block, a lesson, its samples and the catalogue are read, and the checks of lint.
FOLDERS = ("exercises", "lessons", "catalog")
OTHER_FILES = {
    "examples.py": "answers for the tests",
    "dates.py": "names of months",
    "pupil.py": "what Bé Chè says",
    "terms.py": "the pop-up of a word",
    "form30.py": "tells learners of their documents",
    "files.py": "tells learners of their files",
    "announce.py": "a sentence for learners",
    "notebook.py": "the notebook's own words",
    "public.py": "what learners see",
    "syllabus.py": "the approved syllabus, which bdhai lint does not read",
    "programme.py": "the lists of courses, which bdhai lint does not read",
    "new.py": "bdhai new speaks for itself",
    "explain.py": "shows the explanations",
    "dictionary.py": "reads lists of words",
    "markdown.py": "the frame around a table",
    "pictures.py": "why a picture can't be drawn, told inside one message",
    "finding.py": "puts “cảnh báo” before a warning",
}
TO_LEARNERS = {
    "blank", "copied", "_rendered", "_some", "some", "Check.told", "Check.found", "Fact.shown", "Finding.__str__", "attached", "accepted",
}  # fmt: skip
TO_MARKERS = {"_criterion_line", "_scheme", "_scheme_line", "_worth"}
OF_ALL_LEVELS = {"load_levels"}  # bdhai lint reads one level at a time
# Keys of site.yaml and of rosters, which no lesson has.
NOT_IN_LESSONS = {"time_type", "time_parsing", "path_type"}


def messages() -> dict[str, str]:
    """Return the messages, ``…`` for what differs, with the function that tells each."""
    found: dict[str, str] = {}
    for file in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        if file.name not in OTHER_FILES:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for name, text in _told(tree):
                found.setdefault(text, f"{file.relative_to(ROOT)}: {name}")
    for key, text in _TEXTS.items():
        if key not in NOT_IN_LESSONS:
            found.setdefault(_PLACE.sub("…", text), f"yaml_errors.py: {key}")
    return found


def _told(tree: ast.Module) -> Iterator[tuple[str, str]]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name, function in _authors_functions(tree):
        used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        for place in (function, *(constants[one] for one in sorted(used & set(constants)))):
            for text in _texts(place):
                if _VIETNAMESE.search(text) and len(text.split()) > 1:
                    yield name, text


def _authors_functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield functions, and those methods that read what an author wrote."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in TO_LEARNERS | TO_MARKERS | OF_ALL_LEVELS:
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            to_learners = {"parse_answer", "look", "said"} & {one.name for one in methods}
            for one in methods:
                name = f"{node.name}.{one.name}"
                reads = one.name == "sample_answer" or any(
                    "validator" in ast.unparse(decorator) for decorator in one.decorator_list
                )
                if (reads or not to_learners) and name not in TO_LEARNERS:
                    yield name, one


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts in a node, docstrings and what is told to learners (AnswerError) left out."""
    if (text := _template(node)) is not None:
        yield text
        if not isinstance(node, ast.JoinedStr):
            return
    for child in ast.iter_child_nodes(node):
        is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        is_answers = (
            isinstance(child, ast.Call)
            and isinstance(child.func, ast.Name)
            and child.func.id == "AnswerError"
        )
        is_piece = isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)
        if not (is_docstring or is_answers or is_piece):
            yield from _texts(child)


def _template(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
    return None


# No sample that passes its kind's own reading can be such an answer.
ONLY_FROM_A_PAGE = {
    "Câu trả lời phải là một đối tượng JSON.",
    "Câu trả lời có ký tự hỏng; bạn xóa ký tự lạ rồi thử lại.",
    "Câu trả lời có ô mà bài này không có.",
    "Đường đi của cuộc trò chuyện không hợp lệ.",
    "Câu trả lời có cuộc trò chuyện mà bài này không có.",
    "Cuộc trò chuyện này không có lượt trả lời đó. Bạn thử lại từ đầu giúp nhé.",
    "Chưa thấy tệp này trong các tệp bạn đã gửi. Bạn chọn tệp rồi gửi lại giúp nhé.",
    "Phần tệp của câu trả lời chưa đúng. Bạn gửi lại tệp giúp nhé.",
    "Câu trả lời có chỗ trống mà bài này không có.",
    "Câu trả lời có ô số mà bài này không có.",
    "Phần thứ tự không hợp lệ.",
    "Phần xếp nhóm không hợp lệ.",
    "Câu trả lời có mẩu hoặc nhóm mà bài này không có.",
}


def answer_errors() -> dict[str, str]:
    """Return what an exercise says of an answer that is none, with the file: an author reads it of a sample."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "exercises").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "AnswerError"
            ):
                found |= {text: str(file.relative_to(ROOT)) for one in node.args for text in _texts(one)}
    return found
