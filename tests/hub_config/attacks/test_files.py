"""What belongs to others and to the hub stays unread and unwritten, however the path is put."""

from pathlib import Path

import pytest

from tests.hub_config.attacks.conftest import SECRET

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
PLACES = ["victim_home", "database", "cookie_secret", "ledger", "lesson_keys"]
WAYS = {
    "name": "return [place]",
    "symlink": "link.symlink_to(place); return [link]",
    "dots": "return [os.path.relpath(place)]",
    "root of a process": 'return [f"/proc/{pid}/root{place}" for pid in others()]',
    "folder of a process": "return ['/proc/%d/cwd/%s' % (pid, os.path.relpath(place, T['cwd'])) for pid in others()]",
    "hard link": "os.link(place, link); return [link]",
}
READ = """
place, link = T["{place}"], Path("link")
link.unlink(missing_ok=True)
def ways():
    {way}
def read(name):
    with open(name, "rb") as stream:
        return stream.read(1)
print(json.dumps(works(lambda: any(works(read, name) for name in ways()))))
"""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_the_learners_is_not_read(stock, ours, place, way):
    code = READ.format(place=place, way=WAYS[way])
    assert stock.got(code) is True
    assert ours.got(code) is False


@pytest.mark.parametrize("place", PLACES)
def test_it_is_not_written_and_nothing_is_put_beside_it(stock, ours, place):
    code = f"""
beside = Path(T["{place}"]).parent / "tan-cong"
print(json.dumps([works(lambda: open(T["{place}"], "r+b")), works(lambda: beside.write_text("x"))]))
"""
    assert stock.got(code) == [True, True]
    opened, _ = ours.got(code)  # a folder of that name may be the cell's own /tmp, so look from outside
    assert not opened
    assert not (Path(getattr(ours.places, place)).parent / "tan-cong").exists()


def test_a_symlink_gets_nothing_out_of_the_learners_own_server(stock, ours):
    """The server runs as the learner too: it must not see more than the kernel."""
    for scene, seen in ((stock, True), (ours, False)):
        scene.got(
            'link = Path("ra-ngoai"); link.unlink(missing_ok=True); link.symlink_to(T["victim_home"]); print("true")'
        )
        browser, server = scene.kernel.browser, scene.kernel.server
        texts = [
            browser.get(f"{server}/{route}", timeout=30).text
            for route in ("files/ra-ngoai", "api/contents/ra-ngoai?content=1&type=file", "files/../ra-ngoai")
        ]
        assert any(SECRET in text for text in texts) is seen, scene.hub.address
