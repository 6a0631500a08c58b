"""XML 1.0 as a stream of pieces: every name and value escaped by the standard library's writer."""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f]")
_NOTHING: Mapping[str, str] = MappingProxyType({})


def storable(text: str) -> str:
    """The text without what XML 1.0 cannot hold or asks to avoid; its line ends are LF."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class Writer:
    """Writes one document; `taken` gives what is there so far."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._out = XMLGenerator(self._text, "utf-8", short_empty_elements=True)
        self._out.startDocument()
        self._depth = 0
        self._begun = False

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] = _NOTHING) -> Iterator[None]:
        """An element around what is written meanwhile."""
        self._line()
        self._out.startElement(name, _attributes(attributes))
        self._depth += 1
        yield
        self._depth -= 1
        self._line()
        self._out.endElement(name)

    def leaf(self, name: str, text: str = "", attributes: Mapping[str, str] = _NOTHING) -> None:
        """An element with words, or none, in it."""
        self._line()
        self._out.startElement(name, _attributes(attributes))
        if text:
            self._out.characters(storable(text))
        self._out.endElement(name)

    def taken(self, *, end: bool = False) -> bytes:
        """What was written since it was asked last."""
        if end:
            self._out.endDocument()
            self._text.write("\n")
        held = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return held.encode()

    def _line(self) -> None:
        if self._begun:
            self._out.ignorableWhitespace("\n" + "  " * self._depth)
        self._begun = True


def _attributes(attributes: Mapping[str, str]) -> "AttributesImpl[str]":
    return AttributesImpl({name: storable(value) for name, value in attributes.items()})
