"""Schemathesis against the running API: the OpenAPI document is exactly true and nothing gives a 500."""

from __future__ import annotations

import subprocess
import sys

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.lessons import load_lessons
from courses.site import REPOSITORY, Site
from hub_config.portal.limits import Limiter
from tests.hub_config.portal.conftest import PREFIX, filled, serving

EXAMPLES = 25
QUICK = settings(
    max_examples=6 * EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
LESSONS = load_lessons(REPOSITORY)


@pytest.fixture(scope="module")
def address(tmp_path_factory, empty_database, hub):
    """A portal whose limits never stop a test."""
    site = Site(data=tmp_path_factory.mktemp("schema") / "data", lessons=REPOSITORY, auth="demo")
    filled(site, empty_database).dispose()
    freely = Limiter(10**9, 1)
    with serving(site, hub, checks=freely, submissions=freely, uploads=freely, talks=freely) as server:
        yield f"{server.url}{PREFIX}api"


@pytest.fixture(scope="module")
def described(address):
    """The document as the server gives it."""
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


# What an answer must look like depends on the exercise, which no JSON Schema of ours can say: 422 there.
CONFIG = """
[[operations]]
include-path-regex = "^/(check|pupil|submissions|cards|files)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 422]
"""


def test_the_document_is_exactly_true(address, hub, tmp_path):
    (tmp_path / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json", "--url", address]
    options = ["--checks=all", f"--max-examples={EXAMPLES}", "--seed=1", "--no-color", "--warnings=off"]
    as_lan = ["--header", f"Authorization: token {hub.token('lan')}"]
    ran = subprocess.run(
        [*command, *options, *as_lan], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]


TURN = st.fixed_dictionaries(
    {"by": st.sampled_from(["you", "pupil"]), "text": st.text(min_size=1, max_size=80)}
)


def raw_answers(exercise):
    """Answers that fit the exercise's field names but hold anything, hostile text included."""
    known = [
        *(f"o{n}" for n in range(1, 7)),
        *(f"i{n}" for n in range(1, 13)),
        *(f"p{n}" for n in range(1, 9)),
    ]
    ids = st.sampled_from(known) | st.text(max_size=5)
    anything = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        st.lists,
        max_leaves=5,
    )
    fields = {
        "chosen": st.lists(ids, max_size=4) | anything,
        "placed": st.dictionaries(ids, st.sampled_from(["g1", "g2", "g3"]) | st.text(max_size=3)) | anything,
        "marked": st.lists(ids, max_size=6) | anything,
        "text": st.text(max_size=200) | anything,
        "reply": st.text(max_size=50) | anything,
        "turns": st.lists(TURN, max_size=4) | anything,
    }
    mine = {
        "choice": ["chosen"],
        "sort": ["placed", "order"],
        "spot": ["marked"],
        "fill": ["filled"],
        "number": ["values"],
        "table": ["rows"],
        "chat": ["paths"],
        "canvas": ["fields"],
        "product": ["text", "file"],
        "prompt": ["text", "reply"],
        "teach": ["text", "turns"],
    }
    return st.fixed_dictionaries(
        {}, optional={name: fields.get(name, anything) for name in mine[exercise.kind]}
    ) | st.dictionaries(st.sampled_from(sorted(fields)), anything, max_size=2)


@st.composite
def real_answers(draw):
    """A real lesson, exercise and setting with any answer."""
    lesson = draw(st.sampled_from(LESSONS))
    slot = draw(st.sampled_from(lesson.slots))
    case = draw(st.sampled_from(["official", "trader", "citizen"]))
    return lesson.key, slot.id, case, draw(raw_answers(slot.variant(case)))


@given(asked=real_answers())
@QUICK
def test_a_real_exercise_with_any_answer_gets_a_documented_reply(asked, described, hub, address):
    lesson, exercise, case, answer = asked
    headers = {"Authorization": f"token {hub.token('an')}"}

    check = described["/check"]["POST"]
    body = {"lesson": lesson, "exercise": exercise, "case": case, "answer": answer}
    reply = check.Case(body=body, media_type="application/json").call(base_url=address, headers=headers)
    assert reply.status_code in {200, 422}
    check.validate_response(reply)

    submit = described["/submissions"]["POST"]
    body = {"lesson": lesson, "case": case, "answers": {exercise: answer}}
    reply = submit.Case(body=body, media_type="application/json").call(base_url=address, headers=headers)
    assert reply.status_code in {201, 422}
    submit.validate_response(reply)
    if reply.status_code == 201:
        result = described["/results/{receipt}"]["GET"]
        path = {"receipt": reply.json()["receipt"]}
        found = result.Case(path_parameters=path).call(base_url=address, headers=headers)
        assert found.status_code == 200
        result.validate_response(found)
