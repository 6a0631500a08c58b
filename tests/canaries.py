"""Two thousand secrets that nobody may find again, planted in invented talk; and a nose that would find them.

A canary is something that must not be published, made from a seed so that nothing else has its digits or letters. It
is planted in a body, a caption, a file name, a subject, a title, a name, a reaction, a quotation, a poll. `Nose` reads
any file there is, as a browser, a program or a search would (entities, percent signs, escapes, digits of any script),
and tells which canaries it smells.
"""

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from html import escape, unescape
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from archiver.privacy.numbers import luhn

SEED = 8
COUNT = 2000


class Canary(NamedTuple):
    """Something to hide: of a *kind*, as *written*, and the *traces* of which none may be found, in lower case.

    *digits*: those of a phone number; no seven of them in a row may be found either.
    """

    kind: str
    written: str
    traces: tuple[str, ...]
    digits: str = ""


# Numbers as they are written in twelve countries; # is a digit. Ranges are invented, not fictional ones: there are too
# few of those. The first digits say which country it is.
STYLES = (
    "+44 20 #### ####", "+44 (0)7### ######", "+49 1## ########", "0049-3##-#######", "0#### / ### ## ##",
    "+57 3## ### ####", "(2##) 3##-#### ext", "+1-6##-4##-####", "06 ## ## ## ## #", "06.##.##.##.##.#",
    "+33 6 ## ## ## ##",
    "+351 9## ### ###", "+91-9####-#####", "+7 (4##) ###-##-##", "+55 (11) 9####-####", "+34 6## ## ## ##",
    "+20 10 #### ####", "+966 5# ### ####", "+86 13# #### ####", "+254 7## ### ###", "+683 #####",
    "tel:+1.3##.5##.####",
)  # fmt: skip
DIGITS = {"latin": 0x30, "arabic": 0x660, "persian": 0x6F0, "devanagari": 0x966, "bengali": 0x9E6, "thai": 0xE50,
          "fullwidth": 0xFF10, "mathematical": 0x1D7CE}  # fmt: skip
DISGUISES = (
    "{0}@{1}.org", "{0}@mail.{1}.co.uk", "{0}+list@{1}.com", "{0} (at) {1}.org", "{0}[at]{1}[dot]org",
    "{0} at {1} dot org",
    "{0} at {1}.org", "{0} {{ät}} {1}.de", "{0} arroba {1} punto org", "{0}＠{1}.org", "{0}%40{1}.org",
    "{0}&#64;{1}.org",
    "{0} @ {1} . org", "mailto:{0}@{1}.org", "{0}@\u2068{1}.org", "{0}\u200b@\u200b{1}.org", "{0}(a){1}.org",
    "{0}_at_{1}.org",
    "{0} AT {1} DOT com", "{0} <at> {1} <dot> net", "{0} [arroba] {1} [punto] es",
    "{0} arroba {1} ponto com ponto br",
    "{0} (собака) {1} (точка) ru", "{0}@@{1}.org", "{0}@gmail", "{0} at gmail dot com", "{0}％40{1}.org",
)  # fmt: skip
QUERIES = (
    "https://example.org/form?name={0}", "https://www.example.com/a/b?x=1&ref={0}#top", "example.net/go?u={0}",
    "https://example.org/page#{0}", "https://{1}:{0}@example.org/files",
    "https://l.example.com/?u=https%3A%2F%2Fx.example%2F{0}",
    "https://www.youtube.com/watch?v=abcdefghijk&si={0}", "https://docs.example.org/d/12/edit?token={0}&hl=de",
    "HTTPS://EXAMPLE.ORG/S?Q={0}", "www.example.org/?q=%22{0}%22",
)  # fmt: skip
SECRETS = (
    "wifi password is {0}", "password: {0}", "the PIN code is {0}{2}", "das WLAN-Passwort lautet {0}",
    "Passwort:\n{0}",
    "contraseña del wifi: {0}", "la clave es {0}", "mot de passe : {0}", "le mot de passe est {0}",
    "senha do wifi é {0}",
    "كلمة السر: {0}", "كلمة المرور هي {0}", "пароль: {0}", "wachtwoord is {0}", "密码是{0}", "{0}{2} is the password",
    "api_key={0}", "ghp_{0}{0}{2}", "xoxb-{2}-{0}", "sk_live_{0}{2}",
    "-----BEGIN PRIVATE KEY-----\nMIIE{0}{2}\n-----END PRIVATE KEY-----",
    "WIFI:S:Garden;T:WPA;P:{0};;", "pw {0}{2}", "Password for the shed: {0}", "Gartenpasswort={0}",
    "parola: {0}", "şifre: {0}",
)  # fmt: skip
CODES = (
    "your code is {0}", "verification code: {0}", "{0} is your WhatsApp code", "G-{0}",
    "Dein Bestätigungscode lautet {0}",
    "código de verificación: {0}", "tu código es {0}", "code de vérification : {0}", "seu código é {0}",
    "رمز التحقق {0}",
    "OTP {0}", "TAN: {0}", "код подтверждения: {0}", "验证码 {0}",
)  # fmt: skip
INVITES = (
    "https://chat.whatsapp.com/{0}", "chat.whatsapp.com/{0}", "https://t.me/+{0}", "https://t.me/joinchat/{0}",
    "https://discord.gg/{0}",
    "https://discord.com/invite/{0}", "https://www.facebook.com/groups/{0}/join/",
    "https://us02web.zoom.us/j/{2}?pwd={0}",
    "https://teams.microsoft.com/l/meetup-join/{0}", "https://signal.group/#{0}", "https://meet.google.com/{0}",
    "tg://join?invite={0}",
    "https://invite.viber.com/?g2={0}", "https://meet.jit.si/{0}", "https://join.slack.com/t/club/shared_invite/{0}",
)  # fmt: skip
HANDLES = (
    "insta: @{0}", "my telegram is @{0}", "https://t.me/{0}", "Instagram: {0}_{2}", "https://m.me/{0}",
    "@{0} on Instagram",
    "https://wa.me/message/{0}", "skype:{0}?chat",
)  # fmt: skip
PLACES = (
    "{a}, {b}", "{a},{b}", "https://maps.google.com/?q={a},{b}", "https://www.google.com/maps/@{a},{b},17z",
    "geo:{a},{b}?z=17",
    "https://www.openstreetmap.org/?mlat={a}&mlon={b}#map=18/{a}/{b}", "https://maps.apple.com/?ll={a},{b}",
    "Location: https://maps.google.com/?q={a},{b}",
    "https://maps.app.goo.gl/{0}", "https://goo.gl/maps/{0}", "https://osm.org/go/{0}",
    "https://w3w.co/{0}.tank.pond",
    "lat: {a} lon: {b}", "///{0}.tank.pond", "https://glympse.com/{0}", "{a}° N, {b}° E",
)  # fmt: skip
IDS = (
    "passport no. {u}{2}", "Reisepass: {u}{2}", "DNI {2}", "cédula {2}", "pasaporte {u}{2}", "CPF {cpf}",
    "passeport n° {u}{2}",
    "رقم الهوية {2}", "SSN {ssn}", "Personalausweis {u}{2}", "رقم الجواز {u}{2}", "NIF: {2}",
)  # fmt: skip


class Cage:
    """Makes canaries, no two alike."""

    def __init__(self, seed: int = SEED) -> None:
        self._dice = random.Random(seed)
        self._taken: set[str] = set()

    def word(self, length: int = 11) -> str:
        """Letters that are no word of any language."""
        return self._fresh(lambda: "".join(self._dice.choices("bcdfghjkmnpqrstvwxz", k=length)))

    def digits(self, length: int) -> str:
        """Digits of which no seven in a row are in any other canary."""
        return self._fresh(lambda: "".join(self._dice.choices("123456789", k=length)), windows=True)

    def _fresh(self, draw: Callable[[], str], *, windows: bool = False) -> str:
        while True:
            drawn = draw()
            parts = _sevens(drawn) if windows and len(drawn) >= 7 else {drawn}
            if self._taken.isdisjoint(parts):
                self._taken |= parts
                return drawn

    def phone(self) -> Canary:
        style = self._dice.choice(STYLES)
        spots = style.count("#")
        while True:
            drawn = iter("".join(self._dice.choices("0123456789", k=spots)))
            written = "".join(next(drawn) if sign == "#" else sign for sign in style)
            digits = re.sub(r"\D", "", written)
            if self._taken.isdisjoint(sevens := _sevens(digits)):
                self._taken |= sevens
                break
        script = self._dice.choice(list(DIGITS)) if self._dice.random() < 0.5 else "latin"
        written = _disturbed(_in_script(written, DIGITS[script]), self._dice)
        return Canary("phone", written, (digits,), digits)

    def email(self) -> Canary:
        name, host = self.word(), self.word()
        written = self._dice.choice(DISGUISES).format(name, host)
        return Canary("email", written, (name, *((host,) if host in written else ())))

    def query(self) -> Canary:
        return self._worded("query", QUERIES, upper=False)

    def secret(self) -> Canary:
        return self._worded("secret", SECRETS)

    def invite(self) -> Canary:
        return self._worded("invite", INVITES)

    def handle(self) -> Canary:
        return self._worded("handle", HANDLES)

    def code(self) -> Canary:
        digits = self.digits(6)
        return Canary("code", self._dice.choice(CODES).format(digits), (digits,))

    def place(self) -> Canary:
        fine, finer, word = self.digits(6), self.digits(7), self.word()
        written = self._dice.choice(PLACES).format(word, a=f"{self._dice.randrange(10, 60)}.{fine}", b=f"-3.{finer}")
        return Canary("place", written, tuple(trace for trace in (fine, finer, word) if trace in written))

    def card(self) -> Canary:
        digits = "4" + self.digits(14)
        digits += next(last for last in "0123456789" if luhn(digits + last))
        written = self._dice.choice((" ", "-", "", "\u00a0")).join(digits[at : at + 4] for at in range(0, 16, 4))
        return Canary("card", written, (digits, written.lower()), digits)

    def iban(self) -> Canary:
        digits = self.digits(18)
        check = 98 - int(digits + "131400") % 97  # DE00
        whole = f"DE{check:02}{digits}"
        gap = self._dice.choice((" ", "", " "))
        written = gap.join(whole[at : at + 4] for at in range(0, len(whole), 4))
        return Canary("iban", written, (whole.lower(), written.lower()), digits)

    def identity(self) -> Canary:
        digits = self.digits(8)
        ssn, cpf = f"{self._dice.randrange(100, 600)}-{digits[:2]}-{digits[2:6]}", _cpf(self.digits(9))
        upper = self._dice.choice("ABKLPX")
        written = self._dice.choice(IDS).format(None, None, digits, u=upper, ssn=ssn, cpf=cpf)
        traces = [trace for trace in (digits, ssn, cpf, re.sub(r"\D", "", cpf)) if trace in written]
        return Canary("id", written, tuple(traces))

    def _worded(self, kind: str, shapes: Sequence[str], *, upper: bool = True) -> Canary:
        word, digits = self.word(), self.digits(9)
        shape = self._dice.choice(shapes)
        shown = word.capitalize() if upper and self._dice.random() < 0.3 else word
        traces = (word, digits) if "{2}" in shape else (word,)
        return Canary(kind, shape.format(shown, self.word(), digits), traces)

    def all(self, count: int = COUNT) -> list[Canary]:
        """So many canaries: a third phones, a quarter emails, of all else some."""
        rest = (
            self.query,
            self.secret,
            self.place,
            self.invite,
            self.code,
            self.card,
            self.iban,
            self.identity,
            self.handle,
        )
        made = [self.phone() for _ in range(count // 3)] + [self.email() for _ in range(count // 4)]
        made += [rest[n % len(rest)]() for n in range(count - len(made))]
        self._dice.shuffle(made)
        return made


def _sevens(digits: str) -> set[str]:
    return {digits[at : at + 7] for at in range(len(digits) - 6)}


def _in_script(written: str, zero: int) -> str:
    return "".join(chr(zero + int(sign)) if sign in "0123456789" else sign for sign in written)


def _disturbed(number: str, dice: random.Random) -> str:
    """As a hand, a phone or a web page may write it: no separators, others, invisible ones, glued to letters."""
    ways: tuple[Callable[[], str], ...] = (
        lambda: re.sub(r"[ ()/-]", "", number),
        lambda: number.replace(" ", "\u00a0").replace("-", "\u2011"),
        lambda: "\u200b".join(number),
        lambda: f"call{number}now".replace("calltel:", "tel:"),
        lambda: "\u202a" + number.replace(" ", "\u202f") + "\u202c",
        lambda: number.replace(" ", dice.choice(("_", " – ", "/", " . ", "·", " ~ ", "  "))),
        *[lambda: number] * 4,
    )
    return dice.choice(ways)()


def _cpf(nine: str) -> str:
    digits = nine
    for _ in range(2):
        total = sum(int(digit) * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
        digits += str(total * 10 % 11 % 10)
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


# ---- decoys: digits and signs that are nobody's secret


# {10-99} is a number between these two, with as many digits at least as the first has.
_SORTS = (
    "founded in {1850-2023}, rebuilt in {1950-2023} and {1950-2023}",
    "that is € {1-98},{100-999}.{10-99} for {2-89} pots",
    "{1-98}.{100-999},{10-99} EUR, {100-999} CHF",
    "open {07-10}:{00-59}–{15-20}:{00-59}, {7-10}:30-12:15",
    "{0-8}:{0-8}, {0-8}:{0-8} and {20-89}:{20-89} after 3 games",
    "{2-899}.{0-9} km in {2-8} h {0-59} min, {100-1999} m up",
    "order {10000-9999999}, invoice {2015-2024}-{1000-9999}",
    "version {0-19}.{0-19}.{0-399}, build {1000-99999}, Python 3.{9-14}.1",
    "from 20{10-24}-{01-12}-{01-28} to 20{10-24}-{01-12}-{01-28}, {01-12}/{01-28}/2023",
    "IMG_20{10-24}{01-12}{01-28}_{10-23}{10-59}{10-59}.jpg and IMG-20{10-24}{01-12}{01-28}-WA{0000-9998}.jpg",
    "{10000-99999} Altdorf, postal code {10000-99999}, room {1-399}",
    "{1-98} %, {1-39} °C, {900-1039} hPa, {1-89} mm, {1-11} Bft",
    "tracking {1000000000-999999999999}",
    "the code of conduct has {3-29} pages; section {1-8}.{1-8}.{1-8}",
    "{1-8} 1/2 cups, {50-899} g flour, {50-899} ml milk, {150-229} °C, {20-89} min",
    "https://example.org/{2010-2023}/{01-12}/frogs-{100-99999}",
    "{2-29}×{2-29} cm, {100-9999} × {100-9999} px, ratio {2-8}.{1000-9999}",
    "bus {1-998} at {0-23}:{00-59}, platform {1-23}, seat {1-119}",
    "members: {10-89} → {100-899} → {1-89},{100-999},{100-999} views",
)
_RANGE = re.compile(r"\{(\d+)-(\d+)\}")


def decoys(count: int = 600, seed: int = SEED) -> list[str]:
    """Sentences heavy with digits that hide nothing: of every sort as many."""
    dice = random.Random(seed)

    def number(found: re.Match[str]) -> str:
        return f"{dice.randint(int(found[1]), int(found[2])):0{len(found[1])}}"

    sorts = (*_SORTS, "")
    return [_RANGE.sub(number, sort) or _isbn(dice) for sort in islice(cycle(sorts), count)]


def _isbn(dice: random.Random) -> str:
    digits = "978" + "".join(dice.choices("0123456789", k=9))
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    digits += str(-total % 10)
    return f"ISBN {digits[:3]}-{digits[3]}-{digits[4:7]}-{digits[7:12]}-{digits[12]}"


# ---- finding them again


class Nose:
    """Finds canaries in files, whatever they are written as."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._canaries = list(canaries)

    @cached_property
    def _spaced(self) -> list[Canary]:
        return [one for one in self._canaries if not all(map(str.isalnum, one.traces))]

    @cached_property
    def _solid(self) -> dict[int, dict[str, Canary]]:
        """Traces of letters and digits alone, by their lengths."""
        found: dict[int, dict[str, Canary]] = {}
        for one in self._canaries:
            for trace in filter(str.isalnum, one.traces):
                found.setdefault(len(trace), {})[trace] = one
        return found

    @cached_property
    def _sevens(self) -> dict[str, Canary]:
        return {seven: one for one in self._canaries if one.digits for seven in _sevens(one.digits)}

    def smelt(self, folder: Path) -> dict[Canary, str]:
        """The canaries that left a trace in any file of a folder, or in its name, and in which file."""
        found: dict[Canary, str] = {}
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                path = file.relative_to(folder).as_posix()
                for canary in self.within(path + "\n" + file.read_bytes().decode("utf-8", errors="replace")):
                    found.setdefault(canary, path)
        return found

    def within(self, text: str) -> Iterator[Canary]:
        """The canaries of which a text holds a trace."""
        views = "\n".join(dict.fromkeys(_views(text)))
        yield from (canary for canary in self._spaced if any(trace in views for trace in canary.traces))
        for run in set(_SIGNS.findall(views)):
            for length in self._solid:
                for at in range(len(run) - length + 1):
                    if (found := self._solid[length].get(run[at : at + length])) is not None:
                        yield found
        for run in _RUN.finditer(views):
            digits = re.sub(r"\D", "", run[0])
            for at in range(len(digits) - 6):
                if (canary_of := self._sevens.get(digits[at : at + 7])) is not None:
                    yield canary_of


# Digits that a reader takes for one number; hexadecimal digests and the like are none.
_RUN = re.compile(r"\d(?:[^0-9a-z\n\"]{0,5}\d){6,}")
_SIGNS = re.compile(r"[a-z0-9]{6,}")
_DIGEST = re.compile(r"(?<![0-9a-z])[0-9a-f]{32,128}(?![0-9a-z])")
_ESCAPES = re.compile(r"(?:\\u[0-9a-f]{4})+", re.IGNORECASE)


def _views(text: str) -> Iterator[str]:
    """As written, and as a browser, a program or a folding search reads it; in lower case, all digits as ASCII."""
    text = _DIGEST.sub("", text)
    yield text.lower()
    plain = unescape(unquote(_ESCAPES.sub(_unescaped, text)))
    yield plain.lower()
    folded = unicodedata.normalize("NFKD", plain).lower()
    folded = "".join(sign for sign in folded if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")
    yield re.sub(r"\d", lambda digit: str(int(digit[0])), folded)


def _unescaped(found: re.Match[str]) -> str:
    units = bytes.fromhex(found[0].replace("\\u", "").replace("\\U", ""))
    return units.decode("utf-16-be", errors="replace")


def encodings(canary: Canary) -> Iterator[str]:
    """A canary as files may hold it: what `Nose` must find."""
    yield canary.written
    yield escape(canary.written)
    yield quote(canary.written)
    yield json.dumps(canary.written)
