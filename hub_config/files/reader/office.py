"""Word, Excel, PowerPoint: one checked package, three readers."""

from __future__ import annotations

from pathlib import Path

from hub_config.files.reader.common import Found
from hub_config.files.reader.package import Package


def read_office(file: Path) -> tuple[str, Found]:
    """Return ``docx``, ``xlsx`` or ``pptx`` and the facts."""
    package = Package(file)
    if package.kind == "docx":
        from hub_config.files.reader.word import read_word  # noqa: PLC0415 - only for its own files

        return "docx", read_word(package)
    if package.kind == "pptx":
        from hub_config.files.reader.slides import read_slides  # noqa: PLC0415 - only for its own files

        return "pptx", read_slides(package)
    from hub_config.files.reader.workbook import read_workbook  # noqa: PLC0415 - only for its own files

    return "xlsx", read_workbook(file)
