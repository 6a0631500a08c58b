"""How the index that search in the pages reads is written: numbers, postings, and words in order.

Numbers are written in 92 signs that need no escape, 46 values a sign, the lowest first; a sign of the upper half says
that more follows. A posting is two numbers: how many messages further, and at which word; another word of the same
message is 0 further. Words in order are written as how many letters they share with the word before, and the rest.
"""

from collections.abc import Iterable, Iterator, Sequence

PLACE = 20  # bits for the place of a word in a message
SIGNS = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"\\')
HALF = len(SIGNS) // 2
_MOST = HALF - 1  # what one sign can say
_TABLE = 1 << 15  # numbers whose signs are kept at hand


def _signs(number: int) -> str:
    out = ""
    while number >= HALF:
        out += SIGNS[HALF + number % HALF]
        number //= HALF
    return out + SIGNS[number]


_KNOWN = [_signs(number) for number in range(_TABLE)]


def signs(number: int) -> str:
    """A number in signs."""
    return _KNOWN[number] if number < _TABLE else _signs(number)


def joined(numbers: Iterable[int]) -> str:
    """Numbers one after the other."""
    return "".join(map(signs, numbers))


def numbers(text: str) -> list[int]:
    """The numbers that signs stand for."""
    found, number, scale = [], 0, 1
    for sign in text:
        value = SIGNS.index(sign)
        number += value % HALF * scale
        if value < HALF:
            found.append(number)
            number, scale = 0, 1
        else:
            scale *= HALF
    return found


def encoded(places: Sequence[int]) -> str:
    """Ascending places (message << 20 | word) as signs."""
    if len(places) == 1:  # half of all words
        return signs((places[0] >> PLACE) + 1) + signs(places[0] & (1 << PLACE) - 1)
    out: list[str] = []
    known, table, mask = _KNOWN, _TABLE, (1 << PLACE) - 1
    message, word = -1, 0
    for place in places:
        here, at = place >> PLACE, place & mask
        step = here - message
        if not step:
            out.append("!" + signs(at - word))
        elif step < table and at < table:
            out.append(known[step] + known[at])
        else:
            out.append(_signs(step) + _signs(at))
        message, word = here, at
    return "".join(out)


def in_script_order(term: str) -> bytes:
    """As JavaScript compares strings: by UTF-16 units."""
    return term.encode("utf-16-be", "surrogatepass")


def ordered(words: Iterable[str]) -> list[str]:
    """Words as JavaScript would sort them."""
    found = sorted(words)
    beyond = max(map(max, found), default="") > "\uffff"  # only then it makes a difference
    return sorted(found, key=in_script_order) if beyond else found


def folded(last: str, word: str) -> str:
    """A word after the word *last*: a sign for how much they share, and the rest."""
    shared = 0
    for one, other in zip(last, word, strict=False):
        if one != other or one > "\uffff" or shared == _MOST:  # JavaScript would count such a sign twice
            break
        shared += 1
    return SIGNS[shared] + word[shared:]


def folded_all(words: Iterable[str]) -> Iterator[str]:
    """Words in order, each after the one before."""
    last = ""
    for word in words:
        yield folded(last, word)
        last = word


def least_beyond(last: str, term: str) -> str:
    """The shortest beginning of *term* that comes after *last*."""
    for end in range(1, len(term)):
        if in_script_order(term[:end]) > in_script_order(last):
            return term[:end]
    return term
