"""Who is who: the person whose export it is, and the handles of everybody else.

There are no ids of people in an export, only display names. An account that is gone is called "Facebook user" or
nothing at all, and is somebody else in each thread (facts 8, traps 6).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archiver.importers.facebook.mojibake import repaired
from archiver.importers.facebook.sentences import table
from archiver.model import Handle
from archiver.text import fold, storable

FACEBOOK, INSTAGRAM = "facebook-name", "instagram-name"
NOBODY = "Facebook user"

_NOBODIES = frozenset(map(fold, table()["nobody"]))
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_KEPT = 50_000


def is_nobody(name: str) -> bool:
    """Whether a name is the one of all accounts that are gone."""
    return not name.strip() or fold(name) in _NOBODIES


@lru_cache(maxsize=_KEPT)
def handle_for(name: str, conversation: str, scheme: str = FACEBOOK) -> Handle:
    """The handle of a repaired display name, the same object for the same name; *conversation* is a key, for accounts
    that are gone."""
    name = storable(name)[0].strip()
    if is_nobody(name):
        return Handle(scheme, fold(name) or fold(NOBODY), name or NOBODY, conversation)
    return Handle(scheme, fold(name), name)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose export it is: the display *name*, the *handle* (of the display name), and the other names they go by.

    *because*: how it is known; "" when nobody is (then *name* is "" and *handle* means the exporter of this dump).
    """

    name: str
    handle: Handle
    aliases: tuple[str, ...] = ()
    because: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a name."""
        return bool(self.name)

    def is_me(self, name: str) -> bool:
        """Whether a repaired display name is the owner's, or was."""
        folded = fold(name)
        return self.known and (folded == fold(self.name) or folded in map(fold, self.aliases))

    def goes_by(self, name: str, present: Collection[str]) -> bool:
        """Whether a name in a conversation is the owner's. A former name is somebody else's where a participant has
        it beside the owner: those *present* are called as they are today."""
        if not self.is_me(name):
            return False
        return fold(name) == fold(self.name) or not (name in present and self.name in present)


def owner_called(name: str, because: str, aliases: Iterable[str] = (), scheme: str = FACEBOOK) -> Owner:
    """The owner of this name; "" is nobody known."""
    name = storable(name)[0].strip()
    if not name:
        return Owner("", Handle(scheme, "the exporter", "The exporter", "owner"))
    others = tuple(dict.fromkeys(alias for alias in aliases if fold(alias) != fold(name)))
    return Owner(name, Handle(scheme, fold(name), name), others, because)


def owner_in_profile(value: object, names: Counter[str] | None = None) -> Owner | None:
    """The owner as the profile file (parsed, not repaired) has it; None when it names nobody.

    Facebook: ``profile`` or ``profile_v2`` with ``name.full_name``, ``username``, ``other_names``, ``previous_names``.
    Instagram: ``profile_user[].string_map_data``, whose keys are translated, so the values are asked: the one that
    most threads have a participant of (*names*), else ``Name``, else ``Username``.
    """
    if not isinstance(value, dict):
        return None
    for wrapper in ("profile_v2", "profile"):
        if isinstance(profile := value.get(wrapper), dict):
            return _facebook(profile)
    people = value.get("profile_user")
    if isinstance(people, list) and people and isinstance(people[0], dict):
        return _instagram(people[0].get("string_map_data"), names or Counter())
    return None


def _facebook(profile: dict[str, object]) -> Owner | None:
    name = profile.get("name")
    full = _text(name.get("full_name")) if isinstance(name, dict) else _text(name)
    if not full:
        return None
    return owner_called(full, "the profile file says so", _other_names(profile))


def _other_names(profile: dict[str, object]) -> list[str]:
    """Other names, previous names and the user name, as far as they are there."""
    found = []
    for key in ("other_names", "previous_names"):
        listed = profile.get(key)
        ones = listed if isinstance(listed, list) else []
        found += [_text(one.get("name")) if isinstance(one, dict) else _text(one) for one in ones]
    found.append(_text(profile.get("username")))
    return [name for name in found if name]


def _instagram(data: object, names: Counter[str]) -> Owner | None:
    if not isinstance(data, dict):
        return None
    fields = {repaired(key): _text(one.get("value")) for key, one in data.items() if isinstance(one, dict)}
    named = {key: text for key, text in fields.items() if text and not _EMAIL.fullmatch(text) and not _figures(text)}
    in_threads = [text for text in named.values() if names[text]]
    name = max(in_threads, key=lambda text: names[text], default="") or named.get("Name") or named.get("Username") or ""
    others = [named[key] for key in ("Name", "Username") if key in named]
    return owner_called(name, "the profile file says so", others, INSTAGRAM) if name else None


def _figures(text: str) -> bool:
    """Whether a text has no letters: a phone number, a date."""
    return not any(map(str.isalpha, text))


def _text(value: object) -> str:
    return repaired(value).strip() if isinstance(value, str) else ""


def owner_by_presence(threads: Sequence[tuple[frozenset[str], str]], scheme: str = FACEBOOK) -> Owner | None:
    """The only name that is in every thread. *threads*: (participants, title); None when the names do not tell.

    Where two names are in all of them, the one that titles a conversation of two is the other person's.
    """
    told = [(people, title) for people, title in threads if people]
    if not told:
        return None
    everywhere = frozenset.intersection(*(people for people, _ in told))
    left = {name for name in everywhere if not is_nobody(name)}
    left -= {title for people, title in told if len(people) == 2}
    if len(left) != 1:
        return None
    because = f"the only name in all of {len(told):,} threads" if len(told) > 1 else "the thread is not called so"
    return owner_called(left.pop(), because, scheme=scheme)
