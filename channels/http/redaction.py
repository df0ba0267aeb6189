"""Taking secrets and personal data out of text that may reach a log or a screen."""

import re
from collections.abc import Iterable

from canonical.text import cut, storable

MASK = "***"

# All repeats are bounded or anchored: these run over text that strangers write.
_CREDENTIALS = re.compile(r"\b(Basic|Bearer)\s{1,8}[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,256}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+\d[\d -]{7,16}\d|00(?:966|90)\d{8,10}|0?5\d{8}|9665\d{8})(?!\w)"
)
_PERSONAL_KEY = (
    r"\w{0,40}(?:firstname|lastname|fullname|customername|address\w{0,20}|phone|mobile|email"
    r"|identitynumber|taxnumber|apikey|secret|password|token|latitude|longitude)"
)
_PERSONAL_FIELD = re.compile(
    rf'("{_PERSONAL_KEY}"\s{{0,8}}:\s{{0,8}})("(?:[^"\\]|\\.)*+"?|-?[\d.]++)', re.IGNORECASE
)


class Redactor:
    """Knows one account's secrets; masks them and whatever looks personal."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first: a secret that contains another must not leave its rest behind.
        self._secrets = sorted({s for s in secrets if s}, key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"

    def text(self, text: str) -> str:
        """Masks secrets, credentials, e-mail addresses, phones and personal JSON fields."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _CREDENTIALS.sub(rf"\1 {MASK}", text)
        text = _PERSONAL_FIELD.sub(rf'\1"{MASK}"', text)
        return _PHONE.sub(MASK, _EMAIL.sub(MASK, text))

    def excerpt(self, body: bytes, limit: int = 300) -> str:
        """The beginning of a body in one line, masked; for error messages."""
        head = body[: limit * 8].decode("utf-8", errors="replace")
        line = " ".join(str(storable(head)).split())
        return cut(self.text(line), limit)
