"""The model's file is joined from its parts and never usable unless its hash is right."""

from __future__ import annotations

import hashlib
import sys

import pytest

from hub_config.ai.model_file import BUNDLED, ModelError, ModelSpec, join, part, ready_model, verify

PARTS = [b"GGUF" + b"a" * 100, b"b" * 100, b"c" * 7]
WHOLE = b"".join(PARTS)


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Three packages with one ``.bin`` each, at different depths as releases have them."""
    for number, content in enumerate(PARTS, start=1):
        folder = tmp_path / "site" / f"toymodel_part{number}"
        (folder / "data").mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / ("data/part.bin" if number % 2 else f"part{number:02}.bin")).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield tmp_path / "site"
    for name in [name for name in sys.modules if name.startswith("toymodel_part")]:
        del sys.modules[name]


def _spec(content=WHOLE, **changes):
    sha = hashlib.sha256(content).hexdigest()
    return ModelSpec(sha256=sha, size=len(content), parts=3, package="toymodel_part").model_copy(
        update=changes
    )


@pytest.mark.usefixtures("packages")
def test_parts_are_joined_in_order(tmp_path):
    target, told = tmp_path / "ai" / "model.gguf", []
    join(_spec(), target, lambda done, whole: told.append((done, whole)))
    assert target.read_bytes() == WHOLE
    assert told == [(104, 211), (204, 211), (211, 211)]
    assert [file.name for file in target.parent.iterdir()] == ["model.gguf"]


@pytest.mark.usefixtures("packages")
def test_a_wrong_hash_leaves_nothing_behind(tmp_path):
    target = tmp_path / "ai" / "model.gguf"
    with pytest.raises(ModelError, match="SHA-256"):
        join(_spec(content=b"something else"), target)
    assert list(target.parent.iterdir()) == []


def test_a_changed_part_is_noticed(tmp_path, packages):
    (packages / "toymodel_part2" / "part02.bin").write_bytes(b"b" * 99 + b"x")
    with pytest.raises(ModelError, match="SHA-256"):
        join(_spec(), tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()


@pytest.mark.usefixtures("packages")
def test_a_missing_part_is_named(tmp_path):
    with pytest.raises(ModelError, match="phần 4/4"):
        join(_spec(parts=4), tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()


def test_a_package_with_two_files_is_no_part(packages):
    (packages / "toymodel_part1" / "other.bin").touch()
    with pytest.raises(ModelError, match="toymodel_part1"):
        part(_spec(), 1)


def test_a_file_that_was_swapped_is_not_used(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF but another")
    with pytest.raises(ModelError, match="Không nạp"):
        ready_model(tmp_path, {})


def test_an_administrators_own_file_is_checked_when_a_hash_is_named(tmp_path):
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF own")
    right = hashlib.sha256(b"GGUF own").hexdigest()
    assert ready_model(tmp_path, {"BDHAI_MODEL": str(own)}) == own
    assert ready_model(tmp_path, {"BDHAI_MODEL": str(own), "BDHAI_MODEL_SHA256": right.upper()}) == own
    with pytest.raises(ModelError):
        ready_model(tmp_path, {"BDHAI_MODEL": str(own), "BDHAI_MODEL_SHA256": "0" * 64})
    with pytest.raises(ModelError, match="Không đọc được"):
        ready_model(tmp_path, {"BDHAI_MODEL": str(tmp_path / "none.gguf")})


def test_a_right_file_verifies(tmp_path):
    (tmp_path / "m").write_bytes(WHOLE)
    verify(tmp_path / "m", _spec())


def test_the_bundled_model_is_the_one_that_public_records_name():
    assert (BUNDLED.parts, BUNDLED.size) == (22, 1_117_320_768)
    assert BUNDLED.sha256.startswith("cc324af0")
