from __future__ import annotations

import dataclasses
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from courses.lessons.build import build_all
from tests.courses.player import learner_server
from tests.courses.player import services as services_of_tests
from tests.courses.player.kinds import LESSONS
from tests.courses.player.pages import begin, view

HERE = Path(__file__).parent
SLUG = "09-du-nam-kieu"


@pytest.fixture(scope="session")
def release(tmp_path_factory):
    """The release folder of a lesson that uses all five kinds, made by the real builder."""
    out = tmp_path_factory.mktemp("build")
    build_all(HERE, out)
    return out / "level1" / "release" / SLUG


@pytest.fixture(scope="session")
def running_services():
    services = services_of_tests.Services()
    server = services_of_tests.serve(services)
    yield services
    server.shutdown()
    server.server_close()


@pytest.fixture
def services(running_services):
    running_services.reset()
    return running_services


@pytest.fixture
def folder(tmp_path, release):
    """A learner's copy of the lesson."""
    return Path(shutil.copytree(release, tmp_path / "level1" / SLUG))


@pytest.fixture(scope="session")
def learner(tmp_path_factory, release, running_services):
    """One real Jupyter server for all browser tests; ``clean`` gives each its own empty lesson."""
    root = tmp_path_factory.mktemp("may-hoc")
    shutil.copytree(release, root / "home" / "level1" / SLUG)
    with learner_server.running(
        root, SLUG, running_services, BDHAI_SAMPLE="1", JUPYTERHUB_USER="nam"
    ) as server:
        yield server


@pytest.fixture
def clean(learner, services):  # noqa: ARG001 - the stand-in forgets the last test, too
    for left in learner.folder.glob("*answers.json*"):
        left.unlink()
    return learner


@pytest.fixture
def answers(clean):
    def read():
        return json.loads((clean.folder / "answers.json").read_text())

    return read


@dataclass
class Watch:
    """What a test's pages asked for and complained about."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def phone(chromium, clean):
    """A phone's browser; at the end it must have spoken to the learner's server only, without errors."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="vi-VN"
    )
    context.set_default_timeout(30_000)
    watch = Watch()
    context.on("request", lambda request: watch.hosts.add(urlsplit(request.url).netloc))
    context.on("weberror", lambda error: watch.complaints.append(str(error.error)))
    yield context
    context.close()
    assert watch.hosts <= {urlsplit(clean.url).netloc, ""}
    assert watch.complaints == []


@pytest.fixture
def page(phone):
    return phone.new_page()


@pytest.fixture(scope="module")
def server(tmp_path_factory, running_services):
    """A learner's server of its own; lessons come in as tests ask for them."""
    root = tmp_path_factory.mktemp("may-kieu")
    (root / "home" / "level1").mkdir(parents=True)
    with learner_server.running(root, "", running_services, JUPYTERHUB_USER="nam") as started:
        yield started


@pytest.fixture
def lesson(server, services, tmp_path):  # noqa: ARG001 - the stand-in forgets the last test, too
    """Return a function that puts a fresh copy of a lesson into the learner's home; twins differ by the end of their name."""

    def put(slug, twin=""):
        name = f"{slug}{twin}"
        shutil.copytree(LESSONS / slug, tmp_path / name / "level1" / name)
        build_all(tmp_path / name, tmp_path / name / "out")
        shutil.rmtree(server.home / "level1" / name, ignore_errors=True)
        shutil.copytree(tmp_path / name / "out" / "level1" / "release" / name, server.home / "level1" / name)
        return dataclasses.replace(server, slug=name)

    return put


@pytest.fixture
def browser(chromium):
    """Return a function that starts a person's browser with a screen; no page in it may complain."""
    contexts, complaints = [], []

    def start(**screen):
        context = chromium.new_context(locale="vi-VN", **screen)
        context.set_default_timeout(30_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield start
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def opening(browser, lesson):
    """Return a function that begins to open a fresh lesson on a screen; see ``shown``."""
    return lambda slug, twin="", **screen: begin(browser(**screen), lesson(slug, twin))


@pytest.fixture
def opened(browser, lesson):
    """Return a function that opens a fresh lesson on a screen."""
    return lambda slug, **screen: view(browser(**screen), lesson(slug))
