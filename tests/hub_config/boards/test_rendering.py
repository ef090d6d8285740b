"""One short Voila run makes the page; nothing of it is left behind."""

import gzip
import hashlib
import html
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from bs4 import BeautifulSoup

from autograder.daily import DailyError
from courses.site import Site
from hub_config.boards import render
from hub_config.boards.look import NOTEBOOK
from hub_config.boards.rendering import render_site
from tests.hub_config.boards import wards


@pytest.fixture
def soup(boards):
    return BeautifulSoup((boards / "bang-xep-hang.html").read_text(encoding="utf-8"), "html.parser")


def notebook_with(tmp_path, source):
    nb = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "x",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    nb["cells"].append(cell)
    path = tmp_path / "own" / "bang.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(nb), encoding="utf-8")
    return path


def kernels():
    own = os.getpid()
    found = []
    for each in psutil.process_iter(["cmdline", "pid"]):
        line = " ".join(each.info["cmdline"] or [])
        if "ipykernel_launcher" in line and "bdhai-" in line and each.info["pid"] != own:
            found.append(each.info["pid"])
    return set(found)


def test_the_page_says_what_the_board_is_about(soup):
    assert soup.html["lang"] == "vi"
    assert soup.h1.text == "Bảng xếp hạng"
    assert "Tính đến ngày 22/11/2026" in soup.text
    assert [each.text for each in soup.find_all("h2")] == ["Các tổ dân phố", "Người học", "Toàn địa bàn"]
    assert "Dữ liệu mẫu" in soup.text
    assert soup.find("a", string=re.compile("Hôm nay"))["href"] == "../portal/"
    assert "Tổ dân phố 5 chưa đủ 10 người học" in [each.text for each in soup.select(".unranked li")]


def test_the_chart_has_a_name_a_description_and_a_table_with_the_same_figures(soup):
    chart = soup.find("svg", role="img")
    named = {each["id"]: each.text for each in chart.find_all(["title", "desc"])}
    assert set(chart["aria-labelledby"].split()) == set(named)
    rows = soup.select("table.board")[0].tbody.find_all("tr")
    for row in rows[:10]:
        rank, name, score, _ = (cell.text for cell in row.find_all(["td", "th"]))
        assert f"Hạng {rank}: {name}, {score} điểm." in named["bieu-do-ta"]


def test_the_page_needs_nothing_but_itself(soup):
    assert not soup.find_all(["script", "link", "iframe", "img"], href=lambda href: href != "data:,")
    assert not soup.find_all(style=True)
    text = str(soup)
    assert "http://" not in text
    assert "https://" not in text
    assert "ipykernel" not in text


def test_usernames_are_nowhere(boards):
    page = (boards / "bang-xep-hang.html").read_text(encoding="utf-8")
    assert not re.search(r"to-\d+-\d+", page)


def test_the_gz_holds_the_page_and_both_are_readable_by_their_owner(boards):
    page = (boards / "bang-xep-hang.html").read_bytes()
    assert gzip.decompress((boards / "bang-xep-hang.html.gz").read_bytes()) == page
    assert sorted(path.name for path in boards.iterdir()) == [
        "bang-xep-hang.html",
        "bang-xep-hang.html.gz",
        "standings.json",
    ]


def test_rendering_again_gives_the_same_bytes_and_leaves_no_kernel(boards, site):
    before = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(boards.iterdir())]
    running = kernels()
    render(site)
    assert kernels() <= running
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(boards.iterdir())] == before


def test_a_notebook_that_fails_leaves_the_old_page(boards, site, tmp_path, caplog):
    before = (boards / "bang-xep-hang.html").read_bytes()
    broken = notebook_with(tmp_path, "raise RuntimeError('hỏng rồi')")
    with pytest.raises(DailyError, match="bảng cũ vẫn còn nguyên"):
        render_site(site, broken)
    assert (boards / "bang-xep-hang.html").read_bytes() == before
    assert "RuntimeError: hỏng rồi" in caplog.text


def test_a_notebook_that_never_ends_is_ended_with_its_kernel(boards, site, tmp_path):
    before = (boards / "bang-xep-hang.html").read_bytes()
    running = kernels()
    endless = notebook_with(tmp_path, "import time\ntime.sleep(3600)")
    with pytest.raises(DailyError):
        render_site(site, endless, patience=8)
    gone = [psutil.Process(pid) for pid in kernels() - running if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(gone, timeout=30)
    assert not alive
    assert (boards / "bang-xep-hang.html").read_bytes() == before


def test_the_kernel_gets_nobodys_keys(boards, site, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("OPENAI_API_KEY", "khoa-bi-mat")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "the-bi-mat")
    spy = notebook_with(tmp_path, "import os\nraise RuntimeError(sorted(os.environ.items()))")
    with pytest.raises(DailyError):
        render_site(site, spy)
    assert "BDHAI_STANDINGS" in caplog.text
    assert "bi-mat" not in caplog.text
    assert boards.exists()


def test_the_kernels_sockets_lie_in_a_private_folder_of_this_run(boards, site, tmp_path, caplog):
    source = "from ipykernel.connect import get_connection_info\nraise RuntimeError(get_connection_info())"
    with pytest.raises(DailyError):
        render_site(site, notebook_with(tmp_path, source))
    assert re.search(r'"ip": "/\S+/bdhai-\w+/kernel"', html.unescape(caplog.text))
    assert boards.exists()


def test_two_runs_at_once_do_not_disturb_each_other(boards, site, tmp_path):
    before = (boards / "bang-xep-hang.html").read_bytes()
    other = Site(data=tmp_path / "khac")
    wards.put(other.data / "boards", wards.ward())
    with ThreadPoolExecutor(2) as both:
        list(both.map(render, (site, other)))
    assert (boards / "bang-xep-hang.html").read_bytes() == before
    assert (other.data / "boards" / "bang-xep-hang.html").read_bytes() == before


def test_without_standings_it_says_what_to_do(site):
    with pytest.raises(DailyError, match="bdhai daily"):
        render(site)


def test_broken_standings_are_refused_before_any_kernel_starts(boards, site):
    wards.put(boards, b"{")
    with pytest.raises(DailyError, match="bị hỏng"):
        render(site)


def test_no_sample_banner_over_real_figures_and_an_empty_board_teaches_the_next_step(site):
    wards.put(site.data / "boards", wards.ward(groups=3, active=2, sample=False, on_board=False))
    render(site)
    page = (site.data / "boards" / "bang-xep-hang.html").read_text(encoding="utf-8")
    assert "Dữ liệu mẫu" not in page
    assert "Chưa có tổ nào đủ 10 người học" in page
    assert "Chưa có ai chọn lên bảng này" in page


def test_hostile_names_are_only_text(rendered):
    page = (rendered("hostile") / "bang-xep-hang.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.find_all(["script", "img", "b"])
    assert len(soup.find_all("style")) == 1
    assert "&lt;script&gt;" in page
    assert "49" not in {each.text for each in soup.select(".name")}
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00]", page)
    assert max(len(each.text) for each in soup.select(".name")) < 70
    assert not [each for each in soup.select(".name") if each.text.lstrip()[0] in "=+-@"]


def test_the_committed_notebook_holds_no_output():
    nb = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
