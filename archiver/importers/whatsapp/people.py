"""Who a sender's label stands for: a phone number, a saved name, a push name, the exporter, a bot, or nobody."""

import re
import unicodedata

from archiver.importers.whatsapp.phrases import you
from archiver.importers.whatsapp.words import plain
from archiver.model import Handle

_PHONE = re.compile(r"\+[\d\s().\-‑–]{6,24}")
_BOTS = frozenset({"meta ai", "whatsapp"})
_NOBODY = frozenset({"unknown"})
_KEPT = 50_000  # labels remembered; more are made anew


class People:
    """The handles of one conversation, one per label. *scope* is the conversation's key."""

    def __init__(self, scope: str, owner: str | None) -> None:
        self._scope = scope
        self._owner = owner
        self._known: dict[str, Handle | None] = {}

    def handle(self, label: str) -> Handle | None:
        """The handle for a label as the export writes it; None when it is a placeholder and no person."""
        name = plain(label)
        if name not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[name] = self._new(name)
        return self._known[name]

    def own(self, name: str = "You") -> Handle:
        """The exporter, who is called "You" in the exporter's language."""
        return Handle("whatsapp-self", self._owner or "you", name, self._scope)

    def _new(self, name: str) -> Handle | None:
        folded = name.casefold()
        if not name or folded in _NOBODY:
            return None
        if folded in _BOTS:
            return Handle("whatsapp-bot", folded, name)
        if folded in you():
            return self.own(name)
        if _PHONE.fullmatch(name):
            digits = "".join(str(unicodedata.decimal(char)) for char in name if char.isdecimal())
            return Handle("phone", "+" + digits, name)
        if name.startswith("~"):
            return Handle("whatsapp-push-name", name[1:].strip(" "), name, self._scope)
        return Handle("whatsapp-name", name, name, self._scope)
