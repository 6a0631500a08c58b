"""Numbers of cards, accounts and papers that prove themselves: by a check digit, and a shape that little else has.

Bare runs of digits that only a check digit of one in ten would tell from a telephone number are left to ``phones``,
which hides them all the same, and to ``labelled``. *plain* texts have ASCII digits only, as ``phones.plain`` makes
them.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from archiver.privacy.spans import Span

_GAP = r"[^\S\r\n]|[.‐-―−-]"
_CARD = re.compile(rf"(?<!\d)[2-6](?:(?:{_GAP}){{0,2}}\d){{12,18}}")
_IBAN = re.compile(rf"(?<![^\W_])[a-z]{{2}}(?:{_GAP})?\d\d(?:(?:{_GAP}){{0,2}}[a-z0-9]){{11,30}}", re.IGNORECASE)
_IBAN_LENGTHS = {
    code: int(size)
    for size, codes in (
        line.split(": ")
        for line in """15: NO
16: BE
18: DK FO FI GL NL SD FK
19: MK SI
20: AT BA EE KZ LT LU XK MN
21: CR CH HR LV LI
22: BH BG DE GB GE IE ME RS VA
23: AE GI IL IQ OM SO TL
24: AD CZ MD PK RO SA ES SE SK TN VG
25: LY PT ST
26: IS TR
27: BI DJ FR GR IT MC MR SM
28: AL AZ BY CY DO GT HU LB PL NI SV
29: BR EG PS QA UA
30: JO KW MU YE
31: MT SC
32: LC
33: RU""".splitlines()
    )
    for code in codes.split()
}
_CARD_SIZES = (16, 15, 19, 18, 17, 14, 13)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit by which cards know a slip of the pen."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) << (place & 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_card(digits: str) -> bool:
    """Whether somebody issues cards of this number: of those with a 2 in front, hardly any; it may be a time."""
    if digits.startswith("2"):
        issued = len(digits) >= 16 and "2200" <= digits[:4] <= "2720"
        return luhn(digits) and (issued or (len(digits) == 15 and digits.startswith("2131")))
    return luhn(digits)


def numbers(plain: str) -> Iterator[Span]:
    """The card, account and identity numbers of a text, as spans of the kinds ``card``, ``iban`` and ``id``."""
    for found in _CARD.finditer(plain):
        if (size := _proven(found[0], _CARD_SIZES, str.isdigit, _is_card)) is not None:
            yield Span(found.start(), found.start() + size, "card")
    for found in _IBAN.finditer(plain):
        length = _IBAN_LENGTHS.get(found[0][:2].upper())
        if length and (size := _proven(found[0], (length,), str.isalnum, _mod_97)) is not None:
            yield Span(found.start(), found.start() + size, "iban")
    for paper in PAPERS:
        for found in paper.shape.finditer(plain):
            if paper.check("".join(filter(str.isalnum, found[0])).upper()):
                yield Span(found.start(), found.end(), "id")


def _proven(
    run: str, sizes: tuple[int, ...], counts: Callable[[str], bool], check: Callable[[str], bool]
) -> int | None:
    """How much of *run* is a number with one of these many signs that proves itself; None for none."""
    places = [place for place, sign in enumerate(run) if counts(sign)]
    signs = "".join(run[place] for place in places)
    size = next((size for size in sizes if size <= len(signs) and check(signs[:size])), None)
    return None if size is None else places[size - 1] + 1


def _mod_97(iban: str) -> bool:
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


# ---- papers, country by country


class Paper(NamedTuple):
    """A country's number: a *shape*, and whether its letters and digits, in upper case, *check*."""

    country: str
    shape: re.Pattern[str]
    check: Callable[[str], bool]


def _date(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _weighted(digits: str, weights: str, modulus: int) -> int:
    return sum(int(digit) * int(weight, 36) for digit, weight in zip(digits, weights, strict=False)) % modulus


def _spanish(dni: str) -> bool:
    number = int(dni[:-1].translate(str.maketrans("XYZ", "012")))
    return dni[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]


def _french(nir: str) -> bool:
    number = nir[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and nir[13:].isdigit() and 97 - int(number) % 97 == int(nir[13:])


def _italian(code: str) -> bool:
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    values = [int(sign, 36) % 36 if sign.isdigit() else ord(sign) - 65 for sign in code]
    total = sum(odd[value] if place % 2 == 0 else value for place, value in enumerate(values[:15]))
    return chr(65 + total % 26) == code[15]


def _brazilian(cpf: str) -> bool:
    if len(set(cpf)) == 1:
        return False
    first = _weighted(cpf[:9], "a98765432", 11)
    second = _weighted(cpf[:10], "ba98765432", 11)
    return cpf[9:] == f"{(11 - first) % 11 % 10}{(11 - second) % 11 % 10}"


def _argentinian(cuil: str) -> bool:
    return (11 - _weighted(cuil, "5432765432", 11)) % 11 == int(cuil[10])


def _chilean(rut: str) -> bool:
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(rut[:-1])))
    return rut[-1] == "0123456789K"[(11 - total % 11) % 11]


def _mexican(curp: str) -> bool:
    signs = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(signs.index(sign) * (18 - place) for place, sign in enumerate(curp[:17]))
    return str(-total % 10) == curp[17]


def _swiss(ahv: str) -> bool:
    return -_weighted(ahv, "131313131313", 10) % 10 == int(ahv[12])


def _chinese(number: str) -> bool:
    return (
        _date(number[12:14], number[10:12]) and "10X98765432"[_weighted(number, "79a584216379a5842", 11)] == number[17]
    )


def _swedish(number: str) -> bool:
    return _date(number[-6:-4], number[-8:-6]) and luhn(number[-10:])


def _finnish(hetu: str) -> bool:
    digits = "".join(filter(str.isdigit, hetu[:-1]))
    return _date(hetu[:2], hetu[2:4]) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits[:9]) % 31] == hetu[-1]


def _indian(number: str) -> bool:
    """Verhoeff's check: turns and mirrors of a pentagon."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        for _ in range(place % 8):
            value = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[value]
        check = _pentagon(check, value)
    return check == 0


def _pentagon(one: int, other: int) -> int:
    turned = one + other if one < 5 else one - other
    return turned % 5 if (one < 5) == (other < 5) else turned % 5 + 5


def _american(ssn: str) -> bool:
    return ssn[:3] not in {"000", "666"} and ssn[0] != "9" and ssn[3:5] != "00" and ssn[5:] != "0000"


def _korean(number: str) -> bool:
    return _date(number[4:6], number[2:4])


def _always(_: str) -> bool:
    return True


_S = r"[^\S\r\n]"
_L, _R = r"(?<![^\W_])(?<!\d[.,/-])", r"(?![^\W_]|[.,/-]\d)"
PAPERS = tuple(
    Paper(country, re.compile(_L + shape + _R, re.IGNORECASE), check)
    for country, shape, check in (
        ("US", r"\d{3}-\d{2}-\d{4}", _american),
        ("ES", rf"(?-i:(?:\d{{2}}\.?\d{{3}}\.?\d{{3}}|[XYZ][-.]?\d{{7}})(?:{_S}|-)?[A-HJ-NP-TV-Z])", _spanish),
        ("FR", rf"[12]{_S}?\d\d{_S}?(?:0[1-9]|1[0-2]|[2-9]\d){_S}?\d[\dab]{_S}?\d{{3}}{_S}?\d{{3}}{_S}?\d\d", _french),
        ("IT", r"[A-Z]{6}\d\d[A-EHLMPRST][0-7]\d[A-Z]\d{3}[A-Z]", _italian),
        ("BR", r"\d{3}\.\d{3}\.\d{3}[-/]\d\d", _brazilian),
        ("AR", r"(?:20|2[3-7]|30|3[34])[- ]\d{8}[- ]\d", _argentinian),
        ("CL", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", _chilean),
        ("MX", r"[A-Z][AEIOUX][A-Z]{2}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX][A-Z]{5}[A-Z\d]\d", _mexican),
        ("CH", r"756\.?\d{4}\.?\d{4}\.?\d\d", _swiss),
        ("CN", r"[1-9]\d{5}(?:19|20)\d{9}[\dX]", _chinese),
        ("SE", r"(?:19|20)?\d{6}[-+]\d{4}", _swedish),
        ("FI", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", _finnish),
        ("IN", r"[2-9]\d{3}[- ]\d{4}[- ]\d{4}", _indian),
        ("KR", r"\d{6}-[1-8]\d{6}", _korean),
        ("GB", rf"(?-i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]{_S}?\d\d{_S}?\d\d{_S}?\d\d{_S}?[A-D])", _always),
    )
)
"""Shapes that prove themselves, by country."""
