"""Keyed digests of what must not be known any more, yet told again: without the secret they say nothing. Pure."""

import unicodedata
from hashlib import blake2b, sha256

from archiver.spelling import tokens
from archiver.text import fold

SIZE = 16
_LOW = (1 << 40) - 1


class Seals:
    """Seals things with one archive's secret: the same thing, the same seal."""

    def __init__(self, secret: bytes) -> None:
        self._states: dict[str, blake2b] = {}
        self._secret = sha256(secret).digest()

    def of(self, kind: str, *parts: str) -> bytes:
        """The seal of something of a *kind*: 16 bytes."""
        state = self._states.get(kind)
        if state is None:
            state = self._states[kind] = blake2b(kind.encode() + b"\0", key=self._secret, digest_size=SIZE)
        mine = state.copy()
        mine.update("\0".join(parts).encode("utf-8", "surrogatepass"))
        return mine.digest()

    def key(self, match_key: int) -> int:
        """A match key that says nothing of the words it was made of, signed 64 bits.

        Its low 40 bits follow from those of the old one, so that an old public id still leads to the message.
        """
        low = int.from_bytes(self.of("id", str(match_key & _LOW))[:5], "big")
        high = int.from_bytes(self.of("key", str(match_key))[:3], "big")
        number = high << 40 | low
        return number - (1 << 64) if number >> 63 else number

    def text(self, text: str) -> bytes | None:
        """The seal of a whole message's words, however they are spaced and pointed; None where there are none."""
        said = leveled(text)
        return self.of("text", said) if said else None

    def handle(self, scheme: str, value: str, scope: str) -> bytes:
        """The seal of who somebody is: an address or a full name anywhere, a single name within its *scope*."""
        everywhere = scheme in {"email", "phone"} or len(value.split()) > 1
        return self.of("handle", scheme, fold(value), "" if everywhere else scope)


def leveled(text: str) -> str:
    """The words of a text in a row, folded as for searching; where it has none, its signs."""
    words = " ".join(word for _, _, word in tokens(text))
    return words or "".join(unicodedata.normalize("NFKC", text).split())
