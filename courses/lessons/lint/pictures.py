"""A picture that a browser can draw: well-formed SVG, no entities."""

from __future__ import annotations

from xml.parsers import expat

_WHY = {
    expat.errors.XML_ERROR_TAG_MISMATCH: "thẻ đóng không khớp thẻ mở",
    expat.errors.XML_ERROR_NO_ELEMENTS: "tệp trống hoặc chưa trọn",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "một thẻ chưa đóng dấu >",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "một thẻ có hai thuộc tính cùng tên",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "có ký hiệu lạ sau dấu &; dấu & viết thành &amp;",
    expat.errors.XML_ERROR_INVALID_TOKEN: "có dấu đặt sai chỗ; dấu & viết thành &amp;, dấu < viết thành &lt;",
}


class SvgError(Exception):
    """Why a browser can't draw a picture. ``line`` counts from 1."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.line = line


def expect_svg(text: str) -> None:
    """Return when a text is a well-formed SVG picture.

    Raises:
        SvgError: with the line and, in Vietnamese, what is wrong.
    """
    parser = expat.ParserCreate()
    roots: list[str] = []

    def begins(name: str, _: object) -> None:
        roots.append(name)
        if roots == [name] and name != "svg":
            raise SvgError(f"thẻ ngoài cùng là <{name}>, phải là <svg>", parser.CurrentLineNumber)

    def entity(*_: object) -> None:
        raise SvgError("không dùng ENTITY trong ảnh", parser.CurrentLineNumber)

    parser.StartElementHandler = begins
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as error:
        why = _WHY.get(expat.errors.messages[error.code], "không đọc được")
        raise SvgError(why, error.lineno) from error
