"""``python -I -m hub_config.files.reader FILE PREVIEW``: writes what it read as one JSON object, or a refusal.

Limits are set before any library sees a byte: memory, processor seconds, sizes of files, no core dump.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

MEMORY = 1024**3  # bytes of address space
CPU_SECONDS = 15
PREVIEW_BYTES = 4 * 1024**2
BROKEN = "Tệp này hỏng hoặc không đúng định dạng nên máy chưa đọc được. Bạn mở tệp xem lại, lưu lại rồi gửi."


def bound() -> None:
    """Bound this process for good."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: PREVIEW_BYTES,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


def main(file: Path, preview: Path) -> dict[str, object]:
    """Return ``{type, facts}`` or ``{refused}``."""
    from hub_config.files.reader.common import Refused  # noqa: PLC0415 - after the limits
    from hub_config.files.reader.read import read  # noqa: PLC0415 - after the limits

    try:
        kind, facts = read(file, preview)
    except Refused as refusal:
        return {"refused": str(refusal)}
    except Exception:  # noqa: BLE001 - a hostile file may break any library in any way; that is its answer
        return {"refused": BROKEN}
    return {"type": kind, "facts": facts}


if __name__ == "__main__":
    bound()
    json.dump(main(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout)
