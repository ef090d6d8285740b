"""The hub's pages in a real browser: Vietnamese, axe-clean, nothing wider than a phone of 360 px."""

from pathlib import Path

import jupyterhub
import pytest
from axe_playwright_python.sync_playwright import Axe
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from traitlets.config import Config

from courses.site import Site
from hub_config.hub import apply
from hub_config.launch import Launch
from hub_config.services import WEB
from hub_config.signin import lti, openid
from hub_config.signin.leaving import BOTH, STILL_OPEN
from tests.hub_config.signin.conftest import GOOD
from tests.hub_config.signin.test_doors import class_code

pytestmark = pytest.mark.e2e

SIZES = {"phone": (390, 844), "computer": (1280, 800), "narrow": (360, 740)}
ENGLISH = (
    "Sign in",
    "Login",
    "Username",
    "Password",
    "Server",
    "Token",
    "Error",
    "Spawn",
    "Authorize",
    "Logout",
    "Home",
)


def check(page, name, shots):
    """Return what axe says, what is wider than the screen, and English words, at each size."""
    faults = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        faults += [
            (name, size, own["id"], [node["target"] for node in own["nodes"]])
            for own in Axe().run(page).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append((name, size, "wider than the screen"))
        small = page.evaluate(
            "[...document.querySelectorAll('button, input:not([type=hidden]):not([type=radio]), select, a.btn, a.way')]"
            ".filter(own => own.getBoundingClientRect().height < 44).map(own => own.outerHTML.slice(0, 80))"
        )
        faults += [(name, size, "too small to touch", own) for own in small]
        if shots:
            page.screenshot(path=Path(shots) / f"{name}-{width}.png", full_page=True)
    text = page.inner_text("body")
    return faults + [(name, word) for word in ENGLISH if word in text.split()]


@pytest.fixture
def shots(request):
    return request.config.getoption("--shots")


@pytest.fixture
def page(chromium):
    context = chromium.new_context(locale="vi-VN")
    context.set_default_timeout(60_000)
    hosts = set()
    context.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    yield context.new_page()
    context.close()
    assert hosts <= {"127.0.0.1", ""}


def test_the_pages_of_the_door(door, page, shots):
    faults = []
    for name, path in (
        ("dang-nhap", "/hub/login"),
        ("dang-ky", "/hub/dang-ky?ma=K7MX-9QPD"),
        ("kich-hoat", "/hub/kich-hoat"),
        ("khong-co", "/hub/khong-co-trang-nay"),
    ):
        page.goto(door.address + path)
        faults += check(page, name, shots)
    page.goto(f"{door.address}/hub/login")
    page.get_by_label("Tên đăng nhập hoặc số điện thoại").fill("0912345678")
    page.get_by_label("Mật khẩu").fill("chưa nhớ ra")
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Tên đăng nhập hoặc số điện thoại").input_value() == ""
    faults += check(page, "dang-nhap-sai", shots)
    assert not faults


def test_signing_up_by_hand_and_being_let_in(door, page, shots, chromium):
    faults = []
    page.goto(f"{door.address}/hub/dang-ky")
    page.get_by_label("Tổ của bạn").select_option("to-1")
    page.get_by_label("Họ tên").fill("Nguyễn Thị Ba")
    page.get_by_label("Số điện thoại hoặc tên đăng nhập").fill("0356 789 123")
    page.get_by_label("Mật khẩu", exact=True).fill("matkhau1")
    page.get_by_label("Nhập lại mật khẩu").fill("matkhau1")
    page.get_by_role("button", name="Đăng ký").click()
    page.get_by_role("alert").wait_for()
    faults += check(page, "dang-ky-sai", shots)
    page.get_by_label("Số điện thoại hoặc tên đăng nhập").fill("0356 789 123")
    page.get_by_label("Mật khẩu", exact=True).fill(GOOD)
    page.get_by_label("Nhập lại mật khẩu").fill(GOOD)
    page.get_by_role("button", name="Đăng ký").click()
    page.get_by_role("heading", name="Bạn chờ một chút nhé").wait_for()
    faults += check(page, "dang-cho", shots)
    class_code(door)
    trainer = chromium.new_context(locale="vi-VN")
    lop = trainer.new_page()
    lop.goto(f"{door.address}/hub/login")
    lop.get_by_label("Tên đăng nhập hoặc số điện thoại").fill("hung")
    lop.get_by_label("Mật khẩu").fill(GOOD)
    lop.get_by_role("button", name="Đăng nhập").click()
    lop.wait_for_url("**/services/portal/**")
    lop.goto(f"{door.address}/services/portal/lop")
    faults += check(lop, "lop", shots)
    lop.get_by_role("listitem").filter(has_text="Nguyễn Thị Ba").get_by_role(
        "button", name="Nhận vào lớp"
    ).click()
    lop.get_by_text("Đã nhận Nguyễn Thị Ba vào lớp.").wait_for()
    lop.get_by_role("link", name="Nguyễn Thị Ba").click()
    lop.get_by_role("button", name="Cấp mã kích hoạt mới").click()
    lop.get_by_text("Mã kích hoạt mới").wait_for()
    faults += check(lop, "nguoi-hoc", shots)
    lop.goto(f"{door.address}/hub/token")
    faults += check(lop, "trang-may", shots)
    lop.goto(f"{door.address}/hub/logout")
    lop.get_by_role("heading", name="Đăng nhập").wait_for()
    trainer.close()
    assert not faults


def test_the_pages_of_a_teacher_who_links_a_lesson(door, page, shots):
    faults = []
    teacher = {"sub": "moodle-1", "name": "Cô Hoa"}
    page.goto(door.platform.launch_address(teacher, kind="LtiDeepLinkingRequest", roles=("Instructor",)))
    page.get_by_role("button", name="Mở bài").click()
    page.get_by_role("heading", name="Chọn bài để gắn vào khóa học").wait_for()
    faults += check(page, "chon-bai", shots)
    page.get_by_label("Lệnh bốn phần").check()
    page.get_by_role("button", name="Chọn bài này").click()
    faults += check(page, "gan-bai", shots)
    page.get_by_role("button", name="Gắn vào khóa học").click()
    page.get_by_text("Đã gắn bài vào khóa học").wait_for()
    page.goto(door.platform.launch_address({"name": "Ai đó"}, f"{door.address}/hub/bai"))
    page.get_by_role("button", name="Mở bài").click()
    page.get_by_role("heading", name="Chưa vào được lớp").wait_for()
    faults += check(page, "chua-vao-duoc", shots)
    assert not faults


def in_a_course(door, page, person, target, **how):
    """Open a launch in a frame of the platform's page, and return the frame."""
    address = door.platform.launch_address(person, target, **how)
    page.goto(address.replace("/launch?", "/course?"))
    return page.frame_locator("iframe")


def test_a_launch_in_a_frame_goes_on_in_a_window_of_its_own(door, page):
    frame = in_a_course(door, page, {"sub": "moodle-50", "name": "Hà Thị Khung"}, f"{door.address}/hub/bai")
    frame.get_by_role("heading", name="Bài mở trong cửa sổ mới").wait_for()
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Mở bài").click()
    window = opened.value
    window.get_by_role(
        "button", name="Mở bài"
    ).click()  # the platform's own form, sent by a script in real life
    window.wait_for_url("**/services/portal/")
    assert window.evaluate("window.opener") is None
    window.goto(f"{door.address}/services/portal/api/me")
    assert "Hà Thị Khung" in window.content()


def test_a_teacher_links_a_lesson_within_the_frame(door, page):
    before = len(door.platform.links)
    teacher = {"sub": "moodle-1", "name": "Cô Hoa"}
    choosing = {"kind": "LtiDeepLinkingRequest", "roles": ("Instructor",)}
    frame = in_a_course(door, page, teacher, f"{door.address}/hub/lti13/chon-bai", **choosing)
    frame.get_by_role("button", name="Mở bài").click()
    frame.get_by_label("Lệnh bốn phần").check()
    frame.get_by_role("button", name="Chọn bài này").click()
    frame.get_by_role("button", name="Gắn vào khóa học").click()
    frame.get_by_text("Đã gắn bài vào khóa học").wait_for()
    assert len(door.platform.links) == before + 1


def rendered(tmp_path, template, **values):
    """Return a page of the hub that is hard to meet, as the hub would write it."""
    site = Site(data=tmp_path)
    ports = dict.fromkeys(WEB, 9000)
    config = Config()
    apply(
        site, config, Launch(port=8000, hub_port=8001, proxy_port=8002, services=ports, runtime=tmp_path), {}
    )
    stock = Path(jupyterhub.__file__).parents[4] / "share" / "jupyterhub" / "templates"
    loader = ChoiceLoader([FileSystemLoader(config.JupyterHub.template_paths), FileSystemLoader(stock)])
    common = {"base_url": "/hub/", "login_url": "/hub/login", "xsrf": "x", **config.JupyterHub.template_vars}
    return Environment(loader=loader, autoescape=True).get_template(template).render(**common | values)


STATES = [
    *(("error.html", {"status_code": code}) for code in (400, 403, 424, 429, 500, 503)),
    ("404.html", {"status_code": 404}),
    ("stop_pending.html", {}),
    ("not_running.html", {"failed": False, "implicit_spawn_seconds": 1, "spawn_url": "/hub/spawn"}),
    ("not_running.html", {"failed": True, "implicit_spawn_seconds": 1, "spawn_url": "/hub/spawn"}),
    ("spawn.html", {}),
    ("logout.html", {}),
    ("logout.html", {"sentence": BOTH.format(name="tài khoản của phường"), "tried": 1}),
    ("logout.html", {"sentence": STILL_OPEN.format(name="tài khoản của phường"), "tried": 2}),
    *(
        ("told.html", {"sentence": sentence.format(name="Moodle của trường"), "back": back, "tried": number})
        for number, (sentence, back) in enumerate(
            [(openid.NOT_BELIEVED, True), (lti.LOST, False), (lti.NO_LESSON, False), (lti.ELSEWHERE, False)]
        )
    ),
    ("waiting.html", {"proof": "x", "refusal": "Mã lớp chưa đúng hoặc đã hết hạn."}),
    ("lti_frame.html", {"platform": "Moodle của trường", "address": "/hub/lti13/oauth_login"}),
    ("oauth.html", {"oauth_client": {"description": "Sổ điểm"}, "allowed_scopes": ["a"]}),
    ("admin.html", {}),
    ("accept-share.html", {}),
]


@pytest.mark.parametrize(("template", "values"), STATES)
def test_a_page_that_is_hard_to_meet(page, shots, tmp_path, template, values):
    html = rendered(tmp_path, template, **values).replace("<script>", "<script type='text/plain'>")
    page.set_content(html)
    name = template.removesuffix(".html") + "".join(
        f"-{value}" for value in values.values() if isinstance(value, int)
    )
    assert not check(page, name, shots)
