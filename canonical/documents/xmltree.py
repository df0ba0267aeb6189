"""XML as a small tree, with where each element stands; refused where it could fetch or grow.

A document type is where entities, external references and bombs come from; no e-invoice needs one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from canonical.documents.faults import Reason, UnreadableError
from canonical.documents.unpack import opened
from canonical.text import storable

BYTES = 32 * 1024 * 1024
ELEMENTS = 400_000
DEPTH = 60
TEXT = 20_000
"""Characters of one element that are kept; what is embedded, such as a signature, is longer."""
_PIECE = 1 << 16
_SPACE = " "


@dataclass
class Element:
    """One element: `name` without its namespace, which is beside it."""

    name: str
    namespace: str
    line: int
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def all(self, path: str) -> Iterator["Element"]:
        """Elements at a path such as `Party/PartyTaxScheme/CompanyID`, in the file's order."""
        head, _, rest = path.partition("/")
        for child in self.children:
            if child.name == head:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> "Element | None":
        return next(self.all(path), None)

    def words(self, path: str) -> str:
        """The first such element's text; empty where there is none."""
        found = self.first(path)
        return found.text.strip() if found else ""


def parsed(file: BinaryIO) -> Element:
    """Reads a whole document.

    Raises:
        UnreadableError: It is no XML, has a document type, or is larger than any invoice.
    """
    tree = _Tree()
    content = opened(file, BYTES)
    try:
        while piece := content.read(_PIECE):
            tree.parser.Parse(piece, False)
        tree.parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = f"the XML is not well formed: {expat.errors.messages[error.code]}"
        raise UnreadableError(Reason.XML, what, error.lineno) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        what = "the XML is in an encoding that is not known"
        raise UnreadableError(Reason.ENCODING, what, tree.parser.CurrentLineNumber) from None
    if tree.root is None:
        raise UnreadableError(Reason.XML, "the XML holds no element", 1)
    return tree.root


class _Tree:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        parser = expat.ParserCreate(namespace_separator=_SPACE)
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self.parser = parser

    def _refuse(self, *_: object) -> int:
        what = "the XML has a document type or entities, which are refused unread"
        raise UnreadableError(Reason.ENTITIES, what, self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        line = self.parser.CurrentLineNumber
        if self._count > ELEMENTS or len(self._open) >= DEPTH:
            what = f"the XML has more than {ELEMENTS} elements, or {DEPTH} within one another"
            raise UnreadableError(Reason.TOO_LARGE, what, line)
        namespace, _, local = name.rpartition(_SPACE)
        element = Element(local, namespace, line, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, data: str) -> None:
        element = self._open[-1]
        room = TEXT - len(element.text)
        if room > 0:
            element.text += str(storable(data[:room]))
