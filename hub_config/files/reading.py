"""Has one file read by a bounded process: whatever is in it, the portal goes on."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from courses.exercises.base import Frozen
from courses.exercises.files import Facts, FileType

SECONDS = 30.0
MOST_OUTPUT = 1024 * 1024  # characters are escaped in JSON, so a text takes up to six times its length
COMMAND = (sys.executable, "-I", "-m", "hub_config.files.reader")
UNREADABLE = (
    "Máy chưa đọc được tệp này: tệp hỏng, quá nặng, hoặc có gì lạ bên trong. "
    "Bạn mở tệp, lưu lại thành tệp mới rồi gửi. Bài đã làm vẫn được giữ."
)


class Refused(ValueError):  # noqa: N818 - told to the learner
    """The file is not taken; the message is a Vietnamese sentence."""


class Read(Frozen):
    """What a file is."""

    type: FileType
    facts: Facts


async def read_file(file: Path, preview: Path, *, command: tuple[str, ...] = COMMAND) -> Read:
    """Return a file's type by content and its facts; a picture gets its small copy at ``preview``.

    Raises:
        Refused: the reader refuses it, fails, takes too long or says something else than facts.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        str(file),
        str(preview),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "PATH": os.defpath},  # nothing secret reaches it
        cwd=file.parent,
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101 - asked for just above
    try:
        async with asyncio.timeout(SECONDS):
            said = await _all(process.stdout)
            await process.wait()
    except TimeoutError as error:
        raise Refused(UNREADABLE) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _understood(said if process.returncode == 0 else b"")


async def _all(stream: asyncio.StreamReader) -> bytes:
    """Return what a reader says, or nothing when it says too much."""
    said = bytearray()
    while chunk := await stream.read(65536):
        if len(said) <= MOST_OUTPUT:
            said += chunk
    return bytes(said) if len(said) <= MOST_OUTPUT else b""


def _understood(said: bytes) -> Read:
    try:
        answer: Any = json.loads(said)
    except ValueError as error:
        raise Refused(UNREADABLE) from error
    if isinstance(answer, dict) and isinstance(answer.get("refused"), str):
        raise Refused(answer["refused"])
    try:
        return Read.model_validate(answer)
    except ValidationError as error:
        raise Refused(UNREADABLE) from error
