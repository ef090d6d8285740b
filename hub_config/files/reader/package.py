"""A Word, Excel or PowerPoint file as a checked archive of checked XML."""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from hub_config.files.reader.common import Refused

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_PARTS = 3000
MOST_BYTES = 120 * 1024**2  # unpacked
MOST_XML = 40 * 1024**2  # unpacked, one part
MOST_RATIO = 250  # unpacked / packed, of parts above a megabyte
_MEGABYTE = 1024**2
_BOMB = "Tệp này nở ra quá lớn khi mở nên máy không đọc. Bạn bớt hình, bớt trang rồi lưu lại và gửi."
_LOCKED = "Tệp này có mật khẩu. Bạn bỏ mật khẩu, lưu lại rồi gửi."
_MACRO = "Tệp này có macro (mã chạy kèm). Bạn lưu lại thành .docx, .xlsx hoặc .pptx không macro rồi gửi."
_NESTED = "Tệp này nhúng tệp khác bên trong. Bạn bỏ tệp nhúng, lưu lại rồi gửi."
_ODD = "Tệp này được đóng gói khác thường nên máy không đọc. Bạn mở bằng Word, Excel hay PowerPoint, lưu lại rồi gửi."
_TORN = "Tệp này hỏng hoặc chưa đủ. Bạn mở bằng Word, Excel hay PowerPoint, lưu lại thành tệp mới rồi gửi."
_ENTITIES = "Tệp này có khai báo lạ bên trong nên máy không đọc. Bạn mở bằng Office, lưu lại rồi gửi."
_MAIN = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_EMBEDDED = (".docx", ".xlsx", ".pptx")  # behind charts; never opened here
_ARCHIVES = (
    ".zip",
    ".rar",
    ".7z",
    ".gz",
    ".jar",
    ".exe",
    ".dll",
    ".js",
    ".vbs",
    ".bat",
    ".html",
    ".docm",
    ".xlsm",
)


class Package:
    """An opened document. All checks are done when it is made."""

    def __init__(self, path: Path) -> None:
        """Open and check; see ``Refused``."""
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise Refused(_TORN) from error
        infos = self._zip.infolist()
        self.names = frozenset(info.filename for info in infos)
        _check_sizes(infos)
        _check_names([info.filename for info in infos])
        self.kind = self._kind()
        for info in infos:
            if info.filename.endswith((".xml", ".rels", ".vml")):
                _check_xml(self._zip.read(info))

    def _kind(self) -> str:
        if "[Content_Types].xml" not in self.names:
            raise Refused("Chưa nhận tệp nén. Bạn giải nén rồi gửi đúng tệp cần nộp.")
        if b"macroenabled" in self._zip.read("[Content_Types].xml").lower():
            raise Refused(_MACRO)
        for start, kind in _MAIN.items():
            if any(name.startswith(start) for name in self.names):
                return kind
        raise Refused(_ODD)

    def tree(self, name: str) -> Element | None:
        """Return a part's root without namespaces and without fallbacks for old programs, or None."""
        if name not in self.names:
            return None
        root: Element = fromstring(self._zip.read(name), forbid_dtd=True)
        for element in list(root.iter()):
            for child in [one for one in element if _local(one.tag) == "Fallback"]:
                element.remove(child)
            element.tag = _local(element.tag)
            for key in [key for key in element.attrib if "}" in key]:
                element.attrib.setdefault(_local(key), element.attrib[key])
        return root

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part: id → (kind, part name); links to the outside are left out."""
        folder, base = posixpath.split(name)
        root = self.tree(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for one in root if root is not None else ():
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, one.get("Target", ""))).lstrip("/")
                found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], target)
        return found


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
        raise Refused(_BOMB)
    for info in infos:
        if info.flag_bits & 0x1:
            raise Refused(_LOCKED)
        is_xml = info.filename.endswith((".xml", ".rels", ".vml"))
        is_dense = info.file_size > _MEGABYTE and info.file_size > MOST_RATIO * max(1, info.compress_size)
        if is_dense or (is_xml and info.file_size > MOST_XML):
            raise Refused(_BOMB)


def _check_names(names: list[str]) -> None:
    if len({name.casefold() for name in names}) != len(names):
        raise Refused(_ODD)  # two parts of one name: programs disagree about which one counts
    for name in names:
        low = name.casefold()
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or "\x00" in name:
            raise Refused(_ODD)
        if low.endswith(("vbaproject.bin", "vbadata.xml")):
            raise Refused(_MACRO)
        is_chart_data = "/embeddings/" in low and low.endswith(_EMBEDDED)
        if low.endswith(_ARCHIVES) or ("/embeddings/" in low and not is_chart_data and not low.endswith("/")):
            raise Refused(_NESTED)


def _check_xml(data: bytes) -> None:
    """Refuse a document type declaration, in whatever encoding: it is where bombs and outside entities hide."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise Refused(_ENTITIES)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
