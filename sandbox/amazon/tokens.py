"""Access tokens of Login with Amazon, and restricted data tokens."""

import uuid
from typing import Literal

from pydantic import BaseModel

from sandbox.engine.clock import now_ms
from sandbox.engine.database import Database

KIND = "token"


class Resource(BaseModel):
    """A call that a restricted data token opens."""

    method: str
    path: str
    elements: list[str] = []

    def opens(self, method: str, path: str, template: str) -> bool:
        """Whether it names this call, by its very path or by the path's template."""
        return self.method == method and self.path in (path, template)


class Token(BaseModel):
    """A bearer token."""

    kind: Literal["seller", "grantless", "restricted"]
    application: str
    seller: str = ""
    scope: str = ""
    expires_at: int
    resources: list[Resource] = []

    @property
    def expired(self) -> bool:
        """Whether its time has run out."""
        return self.expires_at <= now_ms()


class Tokens:
    """Tokens in circulation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tokens = {key: Token.model_validate_json(body) for key, body in database.all(KIND)}

    def issue(self, token: Token) -> str:
        """Puts a token in circulation and gives its text."""
        mark = "Atz.sprdt" if token.kind == "restricted" else "Atza"
        text = f"{mark}|{uuid.uuid4().hex}{uuid.uuid4().hex}"
        self._drop_old()
        self._tokens[text] = token
        self._database.put(KIND, text, token.model_dump_json())
        return text

    def get(self, text: str) -> Token | None:
        """The token, expired or not."""
        return self._tokens.get(text)

    def forget(self, text: str) -> None:
        """Takes one token out of circulation."""
        if text in self._tokens:
            self._forget(text)

    def revoke(self, seller: str) -> int:
        """Forgets a seller's tokens, as when the authorisation is withdrawn."""
        gone = [text for text, token in self._tokens.items() if token.seller == seller]
        for text in gone:
            self._forget(text)
        return len(gone)

    def _drop_old(self) -> None:
        for text in [text for text, token in self._tokens.items() if token.expired]:
            self._forget(text)

    def _forget(self, text: str) -> None:
        del self._tokens[text]
        self._database.drop(KIND, text)
