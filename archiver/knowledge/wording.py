"""Which words are used most, and which set one year apart from the others. Pure counting; no list of any language.

Words that everybody uses all the time ("the", "und") are frequent everywhere, so they set nothing apart: a word is
told by how much more often a year has it than its share would be (log odds against all years, with all of them as
the prior: Monroe, Colaresi and Quinn, 2008).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archiver.spelling import tokens

_WORD = re.compile("[^\\W_]+(?:[\u0300-\u0331]+[^\\W_]*)*")  # as the index cuts, see text.tokens
_LONGEST = 40  # letters; longer ones are no words
_KEPT = 300_000  # different words that are kept in mind; rarer ones are let go when there are more
_LEAST = 3  # times that a word of a group has to be there


@dataclass(slots=True)
class Vocabulary:
    """The words of groups of messages (years): how often each is said in each.

    They are folded when all are counted, each spelling once, for that is most of the work.
    """

    messages: int = 0
    words: int = 0
    _spellings: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, group: str, text: str) -> None:
        """Count the words of one message. Numbers, single letters and what is inside addresses are no words."""
        self.messages += 1
        counts = self._spellings.setdefault(group, Counter())
        found = [word for word in _WORD.findall(_without_addresses(text).lower()) if _is_word(word)]
        self.words += len(found)
        counts.update(found)
        if len(counts) > _KEPT:
            self._spellings[group] = Counter(dict(counts.most_common(_KEPT // 2)))

    @property
    def groups(self) -> dict[str, Counter[str]]:
        """How often each word is said in each group, whatever its spelling."""
        folded = {word: _folded(word) for counts in self._spellings.values() for word in counts}
        groups = {}
        for group, counts in self._spellings.items():
            groups[group] = Counter[str]()
            for word, count in counts.items():
                groups[group][folded[word]] += count
        return groups

    def total(self) -> Counter[str]:
        """How often each word is said in all."""
        return _together(self.groups)

    def telling(self, most: int = 8) -> dict[str, list[tuple[str, int]]]:
        """Of each group the words that set it apart, the most telling first, with how often it has them."""
        groups = self.groups
        together = _together(groups)
        size = sum(together.values())
        return {
            group: [(word, counts[word]) for word in _apart(counts, together, size)[:most]]
            for group, counts in sorted(groups.items())
        }


def _together(groups: Mapping[str, Counter[str]]) -> Counter[str]:
    together = Counter[str]()
    for counts in groups.values():
        together.update(counts)
    return together


def _folded(word: str) -> str:
    """The word as the index has it; every word is one token."""
    return word if word.isascii() else "".join(token for _, _, token in tokens(word))


def _apart(counts: Mapping[str, int], together: Mapping[str, int], size: int) -> Sequence[str]:
    """The words that are more frequent here than elsewhere, by how sure that is."""
    here = sum(counts.values())
    if here == size:
        return []  # there is nothing to set it apart from
    scored = []
    for word, count in counts.items():
        if count >= _LEAST:
            score = _odds(count, here, together[word] - count, size - here, together[word] / size)
            if score > 0:
                scored.append((-score, word))
    return [word for _, word in sorted(scored)]


def _odds(here: int, size: int, elsewhere: int, rest: int, share: float) -> float:
    """The log odds of a word here against elsewhere, in units of its own uncertainty."""
    prior = share * 1000
    ours, theirs = here + prior, elsewhere + prior
    difference = math.log(ours / (size + 1000 - ours + 1e-9)) - math.log(theirs / (rest + 1000 - theirs + 1e-9))
    return difference / math.sqrt(1 / ours + 1 / theirs)


def _is_word(word: str) -> bool:
    return 1 < len(word) <= _LONGEST and not word[0].isdecimal()


def _without_addresses(text: str) -> str:
    if "://" not in text and "@" not in text and "www." not in text:
        return text
    return " ".join(word for word in text.split() if not _address(word))


def _address(word: str) -> bool:
    return "://" in word or "@" in word or word.startswith("www.")


def counted(texts: Iterable[tuple[str, str]]) -> Vocabulary:
    """The vocabulary of (group, text) pairs."""
    vocabulary = Vocabulary()
    for group, text in texts:
        vocabulary.add(group, text)
    return vocabulary
