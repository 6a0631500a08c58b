"""What belongs together and no record says so: a comment and its post, a photo and the post that has it, a reaction.

Everything is seen once and remembered in a few words each; then a draft is finished with what was found. A thing is
linked only when exactly one fits; what was guessed is said in `extra`.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from typing import Any, NamedTuple

from archiver.importers.facebook.desk import Desk, Draft, Outcome, Typed, named
from archiver.importers.facebook.sentences_posts import REPLY, Said
from archiver.model import Conversation, Message, Reaction
from archiver.text import fold

NEAR = 14 * 86400
"""Seconds after a post in which a comment or a reaction is taken to be about it, if about any of its author's."""

_COMMENT_WORDS = (
    "comment", "kommentar", "coment", "opmerking", "reactie", "komentář", "komentarz", "komentar", "коммент", "комент",
    "yorum", "bình luận", "コメント", "댓글", "评论", "留言", "σχόλιο", "hozzászól", "antwort", "reply", "réponse",
)  # fmt: skip


class Place(NamedTuple):
    """Where a message is: its conversation's key and its own."""

    conversation: str
    key: str


class _Known(NamedTuple):
    at: float
    place: Place


@dataclass(slots=True)
class Links:
    """What is known of the posts and comments of one export, or of several: give one to all of them.

    *said*: by sort, author, and conversation or "" for any. *texts*: by a hash of sort, author and text, None where
    several say it; kept when somebody *asks_for_texts*. *shown* and *albums*: by author and file. *away*: the
    conversations of what was said elsewhere than on the own wall, by key. *moved*: photos that are told with a post.
    """

    said: dict[tuple[str, str, str], list[_Known]] = field(default_factory=lambda: defaultdict(list))
    urls: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    texts: dict[bytes, Place | None] = field(default_factory=dict)
    ids: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    shown: dict[tuple[str, str], tuple[Conversation, str]] = field(default_factory=dict)
    away: dict[str, str] = field(default_factory=dict)
    albums: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    reactions: dict[Place, list[Reaction]] = field(default_factory=lambda: defaultdict(list))
    edits: dict[Place, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    moved: dict[Place, tuple[Conversation, str]] = field(default_factory=dict)
    asks_for_texts: bool = False
    _seen: set[Place] = field(default_factory=set)
    _sorted: bool = True

    # -- remembering ---------------------------------------------------------------------------------------

    def note(self, draft: Draft, desk: Desk) -> None:
        """Remember a draft."""
        message = draft.message
        place = Place(message.conversation, message.key or "")
        if draft.sort == "media":
            extra = message.extra or {}
            if album := {key: extra[key] for key in ("album", "album_description") if key in extra}:
                self.albums.update(dict.fromkeys(_files(draft), album))
            return
        if draft.sort not in {"post", "comment"} or place in self._seen:
            return
        self._seen.add(place)
        if place.conversation != desk.wall.key:
            self.away[place.key] = place.conversation
        if draft.at is not None:
            known = _Known(draft.at, place)
            for where in ("", place.conversation):
                self.said[draft.sort, draft.author, where].append(known)
            self._sorted = False
        if self.asks_for_texts and message.text.strip():
            digest = _digest(draft.sort, draft.author, message.text)
            self.texts[digest] = None if digest in self.texts else place
        if draft.fbid:
            self.ids[draft.fbid].add(place)
        if draft.sort == "post":
            for url in draft.urls:
                self.urls[url].add(place)
            for file in _files(draft):
                self.shown.setdefault(file, (draft.conversation, place.key))

    # -- finding -------------------------------------------------------------------------------------------

    def near(self, sort: str, author: str, at: float | None, conversation: str = "") -> list[Place]:
        """Where *author* said something of this sort, not long before *at*; in one conversation, or in any.

        Three are as good as more: neither is one.
        """
        if at is None or not author:
            return []
        self._sort()
        known = self.said.get((sort, author, conversation), [])
        first = bisect_left(known, at - NEAR, key=itemgetter(0))
        last = bisect_right(known, at, key=itemgetter(0))
        return [one.place for one in known[first : min(last, first + 3)]]

    def with_text(self, sort: str, author: str, text: str) -> Place | None:
        """Where *author* said just this; None where several places are. KeyError where none is."""
        return self.texts[_digest(sort, author, text)]

    def _sort(self) -> None:
        if not self._sorted:
            for known in self.said.values():
                known.sort()
            self._sorted = True

    # -- finishing -----------------------------------------------------------------------------------------

    def outcome(self, draft: Draft, desk: Desk) -> Outcome:
        """The draft with all that belongs to it; or nothing, when it is told with another message."""
        place = Place(draft.message.conversation, draft.message.key or "")
        if draft.sort == "media" and (home := self._shown(draft)) is not None:
            self.moved[place] = home
            return Typed("a photo of a post")
        if place.conversation == desk.wall.key and self.away.get(place.key, place.conversation) != place.conversation:
            return Typed("told where it was said")
        draft = self._under_photo(draft)
        message = self._with_given(self._with_album(draft), place)
        if draft.sort == "comment" and message.reply_to is None:
            message = self._with_reply(message, draft, desk)
        return draft._replace(message=message)

    def _shown(self, draft: Draft) -> tuple[Conversation, str] | None:
        """The post that has a photo: its conversation and its key."""
        return next((self.shown[file] for file in _files(draft) if file in self.shown), None)

    def _under_photo(self, draft: Draft) -> Draft:
        """A comment under a photo that is told with its post goes there, too."""
        message = draft.message
        home = self.moved.get(Place(message.conversation, message.reply_to)) if message.reply_to else None
        if home is None:
            return draft
        return draft._replace(
            conversation=home[0], message=message._replace(conversation=home[0].key, reply_to=home[1])
        )

    def _with_album(self, draft: Draft) -> Message:
        album = next((self.albums[file] for file in _files(draft) if file in self.albums), None)
        if draft.sort != "post" or album is None:
            return draft.message
        return draft.message._replace(extra={**(draft.message.extra or {}), **album})

    def _with_given(self, message: Message, place: Place) -> Message:
        """With the reactions that were given to it and the earlier wordings."""
        if given := self.reactions.get(place):
            message = message._replace(reactions=(*message.reactions, *given))
        if edits := self.edits.get(place):
            message = message._replace(extra={**(message.extra or {}), "edits": edits}, edited=True)
        return message

    def _with_reply(self, message: Message, draft: Draft, desk: Desk) -> Message:
        """A comment under the only post that fits: one with a link or a file in common, else one by time."""
        shared = {place for url in draft.urls for place in self.urls.get(url, ())}
        shared = {place for place in shared if place.conversation == message.conversation}
        if len(shared) == 1:
            return message._replace(reply_to=shared.pop().key)
        target = draft.target
        author = author_of(target, message.conversation, desk) if target else ""
        sort = "comment" if target and target.what == REPLY else "post"
        near = [place for place in self.near(sort, author, draft.at, message.conversation) if place.key != message.key]
        if len(near) != 1:
            return message
        because = "the only one of its author's in the fourteen days before"
        return message._replace(reply_to=near[0].key, extra={**(message.extra or {}), "reply_guessed": because})


def author_of(told: Said, conversation: str, desk: Desk) -> str:
    """Whose post or comment a title speaks of, as it compares; "" when it does not say."""
    if told.own:
        return named(desk.owner.handle)
    return named(desk.person(told.author, conversation))


def sort_of(thing: str) -> str:
    """``comment`` or ``post``: what a title calls the thing it is about."""
    folded = fold(thing)
    return "comment" if any(word in folded for word in _COMMENT_WORDS) else "post"


def _files(draft: Draft) -> list[tuple[str, str]]:
    """The files of a draft, with whose they are: two people's exports may call two files alike."""
    return [(draft.author, url) for url in sorted(draft.urls) if "://" not in url]


def _digest(sort: str, author: str, text: str) -> bytes:
    return blake2b(f"{sort}\0{author}\0{text.strip()}".encode(), digest_size=12).digest()
