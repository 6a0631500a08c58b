"""What the title of a post, comment, reaction or membership says: ``Ana Ruiz posted in Garden Club.``

Facebook puts who, whose and where into one sentence in the account's language, and nowhere else (facts 4.3). A language
is data: a line of the table is what is said and its wording, with ``{actor}``, ``{author}`` (whose post it is),
``{owner}`` (whose wall), ``{thing}`` (post, photo…) and ``{group}`` for what varies. English is as exports have it; of
the others some wordings may differ from Facebook's, which does no harm: a sentence that fits no line is kept as it is,
and `learnt` gets the names of groups out of sentences in any language.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

POSTS, WEAK = "post", "weak"
"""A sentence that names a group; one that does so only where all are about groups: ``Ana shared a link in Oslo.``"""
WALL, YOUR = "wall", "your"
COMMENT, REPLY, REACTION = "comment", "reply", "reaction"
JOINED, LEFT_GROUP = "joined", "left"

_TABLE = """
en
post {actor} posted in {group}.
post {actor} posted anonymously in {group}.
post {actor} shared {thing} to the group: {group}.
post {actor} added {thing} to the group: {group}.
post {actor} posted {thing} to the group: {group}.
post {actor} posted to the group: {group}.
post {actor} created a poll in {group}.
post {actor} asked a question in {group}.
weak {actor} shared {thing} to {group}.
weak {actor} shared {thing} in {group}.
weak {actor} added {thing} to {group}.
weak {actor} added {thing} in {group}.
weak {actor} updated {thing} in {group}.
weak {actor} created {thing} in {group}.
wall {actor} wrote on {owner}'s timeline.
wall {actor} posted on {owner}'s timeline.
wall {actor} wrote on {owner}'s wall.
wall {actor} shared {thing} on {owner}'s timeline.
wall {actor} shared {thing} to {owner}'s timeline.
wall {actor} posted {thing} on {owner}'s timeline.
wall {actor} posted {thing} to {owner}'s timeline.
wall {actor} added {thing} to {owner}'s timeline.
your {actor} wrote on your timeline.
your {actor} posted on your timeline.
your {actor} wrote on your wall.
your {actor} shared {thing} on your timeline.
your {actor} shared {thing} to your timeline.
your {actor} posted {thing} on your timeline.
your {actor} posted {thing} to your timeline.
your {actor} added {thing} to your timeline.
comment {actor} commented on {author}'s {thing} in {group}.
comment {actor} commented on {author}'s {thing}.
comment {actor} commented on {thing} in {group}.
comment {actor} commented on {thing}.
comment {actor} commented in {group}.
own-comment {actor} commented on his own {thing} in {group}.
own-comment {actor} commented on her own {thing} in {group}.
own-comment {actor} commented on their own {thing} in {group}.
own-comment {actor} commented on his own {thing}.
own-comment {actor} commented on her own {thing}.
own-comment {actor} commented on their own {thing}.
reply {actor} replied to {author}'s {thing} in {group}.
reply {actor} replied to {author}'s {thing}.
reply {actor} replied to {thing} in {group}.
reply {actor} replied to {thing}.
own-reply {actor} replied to his own {thing} in {group}.
own-reply {actor} replied to her own {thing} in {group}.
own-reply {actor} replied to their own {thing} in {group}.
own-reply {actor} replied to his own {thing}.
own-reply {actor} replied to her own {thing}.
own-reply {actor} replied to their own {thing}.
reaction {actor} likes {author}'s {thing} in {group}.
reaction {actor} likes {author}'s {thing}.
reaction {actor} liked {author}'s {thing} in {group}.
reaction {actor} liked {author}'s {thing}.
reaction {actor} reacted to {author}'s {thing} in {group}.
reaction {actor} reacted to {author}'s {thing}.
reaction {actor} likes {thing} in {group}.
reaction {actor} likes {thing}.
reaction {actor} liked {thing} in {group}.
reaction {actor} liked {thing}.
reaction {actor} reacted to {thing} in {group}.
reaction {actor} reacted to {thing}.
own-reaction {actor} likes his own {thing}.
own-reaction {actor} likes her own {thing}.
own-reaction {actor} likes their own {thing}.
own-reaction {actor} liked his own {thing}.
own-reaction {actor} liked her own {thing}.
own-reaction {actor} liked their own {thing}.
own-reaction {actor} reacted to his own {thing}.
own-reaction {actor} reacted to her own {thing}.
own-reaction {actor} reacted to their own {thing}.
joined {actor} became a member of {group}.
joined {actor} joined {group}.
left {actor} stopped being a member of {group}.
left {actor} are no longer a member of {group}.
left {actor} is no longer a member of {group}.
left {actor} left {group}.

de
post {actor} hat etwas in {group} gepostet.
post {actor} hat in der Gruppe {group} gepostet.
post {actor} hat in {group} gepostet.
weak {actor} hat {thing} in {group} geteilt.
weak {actor} hat {thing} zu {group} hinzugefügt.
wall {actor} hat etwas in der Chronik von {owner} gepostet.
wall {actor} hat in der Chronik von {owner} gepostet.
wall {actor} hat {thing} in der Chronik von {owner} geteilt.
wall {actor} hat etwas in {owner}s Chronik gepostet.
your {actor} hat etwas in deiner Chronik gepostet.
your {actor} hat in deiner Chronik gepostet.
your {actor} hat {thing} in deiner Chronik geteilt.
your {actor} hat etwas in deine Chronik geschrieben.
comment {actor} hat {thing} von {author} in {group} kommentiert.
comment {actor} hat {thing} von {author} kommentiert.
own-comment {actor} hat seinen eigenen {thing} kommentiert.
own-comment {actor} hat ihren eigenen {thing} kommentiert.
own-comment {actor} hat sein eigenes {thing} kommentiert.
own-comment {actor} hat ihr eigenes {thing} kommentiert.
reply {actor} hat auf den Kommentar von {author} geantwortet.
reply {actor} hat auf einen Kommentar von {author} geantwortet.
reply {actor} hat auf {author}s Kommentar geantwortet.
own-reply {actor} hat auf seinen eigenen Kommentar geantwortet.
own-reply {actor} hat auf ihren eigenen Kommentar geantwortet.
reaction {actor} gefällt {thing} von {author} in {group}.
reaction {actor} gefällt {thing} von {author}.
reaction {actor} hat auf {thing} von {author} reagiert.
own-reaction {actor} gefällt sein eigener {thing}.
own-reaction {actor} gefällt ihr eigener {thing}.
joined {actor} ist jetzt Mitglied von {group}.
joined {actor} bist jetzt Mitglied von {group}.
joined {actor} ist {group} beigetreten.
joined {actor} bist {group} beigetreten.
left {actor} hat {group} verlassen.
left {actor} hast {group} verlassen.
left {actor} ist nicht mehr Mitglied von {group}.
left {actor} bist nicht mehr Mitglied von {group}.

fr
post {actor} a publié dans le groupe {group}.
post {actor} a publié dans {group}.
post {actor} a écrit dans {group}.
weak {actor} a partagé {thing} dans {group}.
weak {actor} a ajouté {thing} dans {group}.
wall {actor} a écrit sur le journal de {owner}.
wall {actor} a publié sur le journal de {owner}.
wall {actor} a partagé {thing} sur le journal de {owner}.
your {actor} a écrit sur votre journal.
your {actor} a publié sur votre journal.
your {actor} a partagé {thing} sur votre journal.
comment {actor} a commenté {thing} de {author} dans {group}.
comment {actor} a commenté {thing} de {author}.
own-comment {actor} a commenté sa propre {thing}.
own-comment {actor} a commenté son propre {thing}.
reply {actor} a répondu au commentaire de {author} dans {group}.
reply {actor} a répondu au commentaire de {author}.
own-reply {actor} a répondu à son propre commentaire.
reaction {actor} aime {thing} de {author}.
reaction {actor} a aimé {thing} de {author}.
reaction {actor} a réagi à {thing} de {author}.
own-reaction {actor} aime sa propre {thing}.
own-reaction {actor} aime son propre {thing}.
joined {actor} est devenu membre de {group}.
joined {actor} est devenue membre de {group}.
joined {actor} êtes devenu membre de {group}.
joined {actor} êtes devenu(e) membre de {group}.
joined {actor} a rejoint {group}.
joined {actor} avez rejoint {group}.
left {actor} a quitté {group}.
left {actor} avez quitté {group}.
left {actor} n'est plus membre de {group}.
left {actor} n'êtes plus membre de {group}.

es
post {actor} publicó en el grupo {group}.
post {actor} publicó en {group}.
post {actor} ha publicado en {group}.
weak {actor} compartió {thing} en {group}.
weak {actor} agregó {thing} en {group}.
wall {actor} escribió en la biografía de {owner}.
wall {actor} publicó en la biografía de {owner}.
wall {actor} publicó en el perfil de {owner}.
wall {actor} compartió {thing} en la biografía de {owner}.
your {actor} escribió en tu biografía.
your {actor} publicó en tu biografía.
your {actor} compartió {thing} en tu biografía.
comment {actor} comentó {thing} de {author} en {group}.
comment {actor} comentó {thing} de {author}.
comment {actor} ha comentado {thing} de {author}.
own-comment {actor} comentó su propia {thing}.
own-comment {actor} comentó su propio {thing}.
reply {actor} respondió al comentario de {author} en {group}.
reply {actor} respondió al comentario de {author}.
reply {actor} ha respondido al comentario de {author}.
own-reply {actor} respondió a su propio comentario.
reaction {actor} indicó que le gusta {thing} de {author}.
reaction {actor} reaccionó a {thing} de {author}.
own-reaction {actor} reaccionó a su propia {thing}.
joined {actor} se unió a {group}.
joined {actor} se ha unido a {group}.
joined {actor} ahora es miembro de {group}.
joined {actor} ahora eres miembro de {group}.
joined Te uniste a {group}.
joined Te has unido a {group}.
left {actor} abandonó {group}.
left {actor} ha abandonado {group}.
left {actor} salió de {group}.
left Abandonaste {group}.
left Saliste de {group}.

pt
post {actor} publicou no grupo {group}.
post {actor} publicou em {group}.
post {actor} postou em {group}.
weak {actor} compartilhou {thing} em {group}.
weak {actor} partilhou {thing} em {group}.
wall {actor} escreveu na linha do tempo de {owner}.
wall {actor} publicou na linha do tempo de {owner}.
wall {actor} escreveu na cronologia de {owner}.
your {actor} escreveu na sua linha do tempo.
your {actor} publicou na sua linha do tempo.
your {actor} escreveu na tua cronologia.
comment {actor} comentou {thing} de {author} em {group}.
comment {actor} comentou {thing} de {author}.
own-comment {actor} comentou sua própria {thing}.
own-comment {actor} comentou seu próprio {thing}.
reply {actor} respondeu ao comentário de {author} em {group}.
reply {actor} respondeu ao comentário de {author}.
own-reply {actor} respondeu ao próprio comentário.
own-reply {actor} respondeu ao seu próprio comentário.
reaction {actor} curtiu {thing} de {author}.
reaction {actor} gosta {thing} de {author}.
reaction {actor} reagiu a {thing} de {author}.
joined {actor} agora é membro de {group}.
joined {actor} tornou-se membro de {group}.
joined {actor} entrou em {group}.
joined {actor} aderiu a {group}.
left {actor} saiu de {group}.
left {actor} deixou {group}.

it
post {actor} ha pubblicato un post in {group}.
post {actor} ha pubblicato nel gruppo {group}.
post {actor} ha pubblicato in {group}.
post {actor} ha scritto in {group}.
weak {actor} ha condiviso {thing} in {group}.
wall {actor} ha scritto sul diario di {owner}.
wall {actor} ha pubblicato sul diario di {owner}.
your {actor} ha scritto sul tuo diario.
your {actor} ha pubblicato sul tuo diario.
comment {actor} ha commentato {thing} di {author} in {group}.
comment {actor} ha commentato {thing} di {author}.
own-comment {actor} ha commentato il suo {thing}.
own-comment {actor} ha commentato la sua {thing}.
own-comment {actor} ha commentato il proprio {thing}.
reply {actor} ha risposto al commento di {author} in {group}.
reply {actor} ha risposto al commento di {author}.
own-reply {actor} ha risposto al suo commento.
own-reply {actor} ha risposto al proprio commento.
reaction A {actor} piace {thing} di {author}.
reaction {actor} ha reagito a {thing} di {author}.
joined {actor} è ora membro di {group}.
joined {actor} è diventato membro di {group}.
joined {actor} è diventata membro di {group}.
joined {actor} si è iscritto a {group}.
joined {actor} si è iscritta a {group}.
left {actor} ha abbandonato {group}.
left {actor} ha lasciato {group}.
left {actor} non è più membro di {group}.

nl
post {actor} heeft een bericht geplaatst in {group}.
post {actor} heeft iets geplaatst in {group}.
post {actor} heeft gepost in {group}.
weak {actor} heeft {thing} gedeeld in {group}.
wall {actor} heeft op de tijdlijn van {owner} geschreven.
wall {actor} heeft iets op de tijdlijn van {owner} geplaatst.
your {actor} heeft op je tijdlijn geschreven.
your {actor} heeft iets op je tijdlijn geplaatst.
own-comment {actor} heeft op zijn eigen {thing} gereageerd.
own-comment {actor} heeft op haar eigen {thing} gereageerd.
own-comment {actor} heeft gereageerd op zijn eigen {thing}.
own-comment {actor} heeft gereageerd op haar eigen {thing}.
comment {actor} heeft op {thing} van {author} gereageerd.
comment {actor} heeft gereageerd op {thing} van {author} in {group}.
comment {actor} heeft gereageerd op {thing} van {author}.
reply {actor} heeft geantwoord op de opmerking van {author}.
reply {actor} heeft geantwoord op de reactie van {author}.
reaction {actor} vindt {thing} van {author} leuk.
joined {actor} is nu lid van {group}.
joined {actor} bent nu lid van {group}.
joined {actor} is lid geworden van {group}.
joined {actor} bent lid geworden van {group}.
left {actor} heeft {group} verlaten.
left {actor} hebt {group} verlaten.
left {actor} is geen lid meer van {group}.
left {actor} bent geen lid meer van {group}.

sv
post {actor} gjorde ett inlägg i {group}.
post {actor} publicerade i {group}.
post {actor} skrev i {group}.
weak {actor} delade {thing} i {group}.
wall {actor} skrev på {owner}s tidslinje.
your {actor} skrev på din tidslinje.
comment {actor} kommenterade {thing} av {author}.
reply {actor} svarade på {author}s kommentar.
reaction {actor} gillar {author}s {thing}.
joined {actor} blev medlem i {group}.
joined {actor} gick med i {group}.
left {actor} lämnade {group}.

da
post {actor} skrev et opslag i {group}.
post {actor} lagde et opslag op i {group}.
post {actor} slog noget op i {group}.
weak {actor} delte {thing} i {group}.
wall {actor} skrev på {owner}s tidslinje.
your {actor} skrev på din tidslinje.
comment {actor} kommenterede {author}s {thing}.
reply {actor} besvarede {author}s kommentar.
reaction {actor} synes godt om {author}s {thing}.
joined {actor} blev medlem af {group}.
left {actor} forlod {group}.

nb
post {actor} la ut et innlegg i {group}.
post {actor} publiserte i {group}.
post {actor} skrev i {group}.
weak {actor} delte {thing} i {group}.
wall {actor} skrev på tidslinjen til {owner}.
your {actor} skrev på tidslinjen din.
comment {actor} kommenterte {thing} til {author}.
reply {actor} svarte på kommentaren til {author}.
reaction {actor} liker {thing} til {author}.
joined {actor} ble medlem av {group}.
left {actor} forlot {group}.

fi
post {actor} julkaisi ryhmässä {group}.
post {actor} lähetti julkaisun ryhmään {group}.
joined {actor} liittyi ryhmään {group}.
left {actor} poistui ryhmästä {group}.

pl
post {actor} opublikował post w grupie {group}.
post {actor} opublikowała post w grupie {group}.
post {actor} opublikował(a) post w grupie {group}.
post {actor} dodał post w grupie {group}.
post {actor} dodała post w grupie {group}.
post {actor} dodał(a) post w grupie {group}.
wall {actor} napisał(a) na osi czasu użytkownika {owner}.
your {actor} napisał(a) na Twojej osi czasu.
comment {actor} skomentował {thing} użytkownika {author}.
comment {actor} skomentowała {thing} użytkownika {author}.
comment {actor} skomentował(a) {thing} użytkownika {author}.
own-comment {actor} skomentował swój {thing}.
own-comment {actor} skomentowała swój {thing}.
reply {actor} odpowiedział na komentarz użytkownika {author}.
reply {actor} odpowiedziała na komentarz użytkownika {author}.
reply {actor} odpowiedział(a) na komentarz użytkownika {author}.
reaction {actor} lubi {thing} użytkownika {author}.
joined {actor} dołączył do grupy {group}.
joined {actor} dołączyła do grupy {group}.
joined {actor} dołączył(a) do grupy {group}.
left {actor} opuścił grupę {group}.
left {actor} opuściła grupę {group}.
left {actor} opuścił(a) grupę {group}.

cs
post {actor} přidal příspěvek do skupiny {group}.
post {actor} přidala příspěvek do skupiny {group}.
post {actor} přidal(a) příspěvek do skupiny {group}.
comment {actor} okomentoval {thing} uživatele {author}.
comment {actor} okomentovala {thing} uživatele {author}.
comment {actor} okomentoval(a) {thing} uživatele {author}.
reply {actor} odpověděl(a) na komentář uživatele {author}.
joined {actor} se stal členem skupiny {group}.
joined {actor} se stala členkou skupiny {group}.
joined {actor} se stal(a) členem skupiny {group}.
left {actor} opustil skupinu {group}.
left {actor} opustila skupinu {group}.
left {actor} opustil(a) skupinu {group}.

sk
post {actor} pridal príspevok do skupiny {group}.
post {actor} pridala príspevok do skupiny {group}.
joined {actor} sa stal členom skupiny {group}.
joined {actor} sa stala členkou skupiny {group}.
left {actor} opustil skupinu {group}.
left {actor} opustila skupinu {group}.

hu
post {actor} bejegyzést tett közzé a(z) {group} csoportban.
joined {actor} csatlakozott a(z) {group} csoporthoz.
left {actor} kilépett a(z) {group} csoportból.

ro
post {actor} a postat în {group}.
post {actor} a publicat în {group}.
comment {actor} a comentat la {thing} lui {author}.
joined {actor} a devenit membru al {group}.
joined {actor} s-a alăturat grupului {group}.
left {actor} a părăsit {group}.

hr
post {actor} je objavio u grupi {group}.
post {actor} je objavila u grupi {group}.
joined {actor} se pridružio grupi {group}.
joined {actor} se pridružila grupi {group}.
left {actor} je napustio grupu {group}.
left {actor} je napustila grupu {group}.

el
post {actor} δημοσίευσε στην ομάδα {group}.
post {actor} δημοσίευσε στο {group}.
joined {actor} έγινε μέλος της ομάδας {group}.
left {actor} αποχώρησε από την ομάδα {group}.

tr
post {actor}, {group} grubunda paylaşım yaptı.
post {actor}, {group} grubunda gönderi paylaştı.
joined {actor}, {group} grubuna katıldı.
left {actor}, {group} grubundan ayrıldı.

ru
post {actor} опубликовал публикацию в группе {group}.
post {actor} опубликовала публикацию в группе {group}.
post {actor} разместил(-а) публикацию в группе {group}.
post {actor} опубликовал(-а) в {group}.
wall {actor} сделал(-а) публикацию в хронике пользователя {owner}.
your {actor} сделал(-а) публикацию в вашей хронике.
comment {actor} прокомментировал {thing} пользователя {author}.
comment {actor} прокомментировала {thing} пользователя {author}.
comment {actor} прокомментировал(-а) {thing} пользователя {author}.
reply {actor} ответил на комментарий пользователя {author}.
reply {actor} ответила на комментарий пользователя {author}.
reply {actor} ответил(-а) на комментарий пользователя {author}.
joined {actor} вступил в группу {group}.
joined {actor} вступила в группу {group}.
joined {actor} вступил(-а) в группу {group}.
left {actor} покинул группу {group}.
left {actor} покинула группу {group}.
left {actor} покинул(-а) группу {group}.

uk
post {actor} публікує допис у групі {group}.
post {actor} опублікував допис у групі {group}.
post {actor} опублікувала допис у групі {group}.
joined {actor} приєднався до групи {group}.
joined {actor} приєдналася до групи {group}.
left {actor} покинув групу {group}.
left {actor} покинула групу {group}.

vi
post {actor} đã đăng trong {group}.
post {actor} đã đăng bài trong {group}.
comment {actor} đã bình luận về {thing} của {author}.
reply {actor} đã trả lời bình luận của {author}.
joined {actor} đã tham gia {group}.
joined {actor} đã trở thành thành viên của {group}.
left {actor} đã rời khỏi {group}.

id
post {actor} memposting di {group}.
post {actor} mengirim di {group}.
joined {actor} bergabung dengan {group}.
left {actor} keluar dari {group}.

ar
post {actor} نشر في {group}.
post {actor} نشرت في {group}.
joined {actor} انضم إلى {group}.
joined {actor} انضمت إلى {group}.
left {actor} غادر {group}.
left {actor} غادرت {group}.

he
post {actor} פרסם ב-{group}.
post {actor} פרסמה ב-{group}.
joined {actor} הצטרף ל-{group}.
joined {actor} הצטרפה ל-{group}.
left {actor} עזב את {group}.
left {actor} עזבה את {group}.

ja
post {actor}さんが{group}に投稿しました。
post {actor}さんが「{group}」に投稿しました。
comment {actor}さんが{author}さんの{thing}にコメントしました。
reply {actor}さんが{author}さんのコメントに返信しました。
joined {actor}さんが{group}のメンバーになりました。
joined {actor}さんが{group}に参加しました。
left {actor}さんが{group}を退会しました。

ko
post {actor}님이 {group}에 게시했습니다.
post {actor}님이 {group}에 글을 게시했습니다.
comment {actor}님이 {author}님의 {thing}에 댓글을 남겼습니다.
joined {actor}님이 {group}에 가입했습니다.
left {actor}님이 {group}에서 탈퇴했습니다.

zh
post {actor}在{group}发布了帖子。
post {actor}在{group}中发了帖。
post {actor}在「{group}」發佈了貼文。
post {actor}在{group}發佈了貼文。
comment {actor}评论了{author}的{thing}。
comment {actor}在{author}的{thing}留言。
joined {actor}加入了{group}。
left {actor}退出了{group}。
"""

_STOPS = (".", "。", "।", "．")
_ARTICLES = ("a ", "an ")  # "a post in Ben's Garden" is no author
_LONGEST = 2000  # characters of a title that are looked at
_LIKE = str.maketrans("’\u00a0\u202f", "'  ")  # one character for one, so that places stay the same


class Said(NamedTuple):
    """What a title says. *what*: ``post``, ``weak``, ``wall``, ``your``, ``comment``, ``reply``, ``reaction``,
    ``joined``, ``left``; the names are "" where it does not say. *own*: the thing is the actor's."""

    what: str
    actor: str = ""
    author: str = ""
    owner: str = ""
    thing: str = ""
    group: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class _Wording:
    """A sentence: the fixed words around its slots, in their order; the first and last may be empty."""

    what: str
    own: bool
    fixed: tuple[str, ...]
    slots: tuple[str, ...]
    sieve: str  # the longest of the fixed words: a title without them need not be looked at

    def read(self, title: str, like: str) -> Said | None:
        """The title by this wording. Each slot ends where the words behind it first come up: one pass, no retreat."""
        first, *between, last = self.fixed
        if not (like.startswith(first) and like.endswith(last)):
            return None
        at, end, found = len(first), len(like) - len(last), []
        for words in between:
            place = like.find(words, at + 1, end)
            if place < 0:
                return None
            found.append(title[at:place])
            at = place + len(words)
        if at >= end:
            return None
        found.append(title[at:end])
        named = {slot: words.strip() for slot, words in zip(self.slots, found, strict=True)}
        if not all(named.values()) or named.get("author", "").startswith(_ARTICLES):
            return None
        return Said(self.what, **named, own=self.own)


def _stopped(sentence: str) -> str:
    """The sentence without its full stop."""
    return sentence[:-1] if sentence.endswith(_STOPS) else sentence


def _wording(line: str) -> _Wording:
    what, _, sentence = line.partition(" ")
    pieces = _stopped(sentence).replace("{", "}").split("}")
    own = what.startswith("own-")
    fixed, slots = tuple(pieces[::2]), tuple(pieces[1::2])
    return _Wording(what.removeprefix("own-"), own, fixed, slots, max(fixed, key=len))


@cache
def wordings() -> tuple[_Wording, ...]:
    """All wordings: those of one's own things first, then those that name an author, then those with most words."""

    def weight(one: _Wording) -> tuple[bool, bool, int]:
        return not one.own, "author" not in one.slots, -sum(map(len, one.fixed))

    return tuple(sorted(map(_wording, (line for line in _TABLE.splitlines() if "{" in line)), key=weight))


@cache
def languages() -> tuple[str, ...]:
    """The languages of the table."""
    return tuple(line for line in _TABLE.splitlines() if line and "{" not in line)


@lru_cache(maxsize=20_000)
def said(title: str, *wanted: str) -> Said | None:
    """What a title says, of the *wanted* kinds; None when it fits no wording."""
    title = _stopped(title.strip()[:_LONGEST])
    like = title.translate(_LIKE)
    for sieve, wording in _wanted(frozenset(wanted)):
        if sieve in like and (found := wording.read(title, like)) is not None:
            return found
    return None


@cache
def _wanted(kinds: frozenset[str]) -> tuple[tuple[str, _Wording], ...]:
    return tuple((one.sieve, one) for one in wordings() if one.what in kinds)


# -- any language: what the names in the dump teach -----------------------------------------------------------


@dataclass(slots=True)
class Frames:
    """Sentences around a group's name, learnt from titles that hold a name known from elsewhere in the dump.

    All titles of one file in one language are the same words around the name; so the words that were seen twice, or
    that nearly all titles begin and end with, give the names that nobody told us.
    """

    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def learn(self, title: str, name: str) -> None:
        """Note the words around *name* in a title of the owner's."""
        title = _stopped(title.strip()[:_LONGEST])
        before, found, after = title.rpartition(name)
        if found and before:
            self.seen[before, after] += 1

    def name(self, title: str) -> str | None:
        """The name in a title that has the words that were learnt, those seen most often first."""
        title = _stopped(title.strip()[:_LONGEST])
        for before, after in self._known():
            if len(title) > len(before) + len(after) and title.startswith(before) and title.endswith(after):
                return title[len(before) : len(title) - len(after)].strip() or None
        return None

    def _known(self) -> Iterator[tuple[str, str]]:
        for frame, _ in sorted(self.seen.items(), key=lambda one: (-one[1], one[0])):
            yield frame


def longest_name(title: str, names: Iterable[str]) -> str | None:
    """The longest of the names that the title holds; None when it holds none, or two of one length."""
    held = sorted((name for name in names if name and name in title), key=len, reverse=True)
    if not held or (len(held) > 1 and len(held[0]) == len(held[1])):
        return None
    return held[0]
