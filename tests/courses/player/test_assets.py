import gzip
import re
from pathlib import Path

import courses.exercises
from courses.exercises.registry import kinds
from courses.player.assets import bundle

ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z]")


def test_every_kind_has_its_card():
    for name in kinds():
        assert f'KINDS["{name}"] = (' in bundle().esm


def test_no_code_of_the_page_names_another_host():
    code = bundle()
    for text in (code.esm, code.scoped_css, code.page_js, code.page_css):
        assert not ADDRESS.search(text)


def test_the_file_names_change_with_the_content():
    code = bundle()
    assert re.fullmatch(r"player-[0-9a-f]{12}\.js", code.js_name)
    assert re.fullmatch(r"player-[0-9a-f]{12}\.css", code.css_name)


def test_learners_text_never_becomes_html():
    """Only the builder's statement_html is set as HTML."""
    sources = [*Path(courses.exercises.__file__).parent.glob("*/widget.js")]
    assert len(sources) >= 5
    for path in sources:
        assert "innerHTML" not in path.read_text()
    assert re.findall(r"\.(?:innerHTML|outerHTML|insertAdjacentHTML)\b.*", bundle().page_js) == [
        '.innerHTML = this.exercise.statement_html || "";'
    ]


def test_the_look_stays_inside_the_cards_in_jupyterlab():
    assert bundle().scoped_css.startswith(".bdh {")
    assert ":root" not in bundle().scoped_css


def test_the_page_is_small_enough_for_a_weak_network():
    """The whole code of a page as it travels, with all kinds; the first open may take 500 kB in all."""
    code = bundle()
    sent = [gzip.compress(text.encode()) for text in (code.page_js, code.page_css)]
    assert sum(map(len, sent)) < 40_000
