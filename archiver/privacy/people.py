"""People as publishing has to know them: all they go by, so that none of it is said of those who did not agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from archiver.model import Handle
from archiver.text import bare


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the archive: *id* is the person's number, *name* what they are shown by.

    *handles* are all the addresses and names that are linked to them, *identities* their row numbers in the same
    order, *names* whatever else their mail programs and other people's address books call them.
    """

    id: int
    name: str
    handles: tuple[Handle, ...]
    identities: tuple[int, ...]
    names: tuple[str, ...] = ()

    def called(self) -> tuple[str, ...]:
        """Every name of theirs, in a fixed order; no numbers, and of addresses what stands before the @."""
        shown = [self.name, *(handle.name for handle in self.handles), *self.names]
        shown += [_spoken(handle) for handle in self.handles]
        return tuple(dict.fromkeys(_without_host(name) for name in shown if name))


def _spoken(handle: Handle) -> str:
    return "" if handle.scheme == "phone" else handle.value


def _without_host(name: str) -> str:
    return name.partition("@")[0] if "@" in name and " " not in name else name


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a name meant: nobody (*near* are alike), one, or several of the people asked about."""

    found: tuple[Person, ...]
    near: tuple[str, ...] = ()


def ask_for(people: Sequence[Person], wanted: str) -> Asked:
    """The people who go by just this name, address or number; spelling and accents do not matter."""
    asked, digits = bare(wanted), _digits(wanted)
    found = tuple(
        one
        for one in people
        if asked == str(one.id)
        or any(asked == bare(name) for name in _all(one))
        or (digits and any(handle.scheme == "phone" and _digits(handle.value) == digits for handle in one.handles))
    )
    if found:
        return Asked(found)
    spellings = {bare(name): name for one in people for name in _all(one)}
    holding = [name for spelled, name in spellings.items() if asked and asked in spelled]
    near = holding or [spellings[one] for one in get_close_matches(asked, spellings, n=3, cutoff=0.75)]
    return Asked((), tuple(near[:5]))


def _all(one: Person) -> Iterable[str]:
    yield one.name
    yield from one.names
    for handle in one.handles:
        yield handle.name
        yield handle.value


def _digits(text: str) -> str:
    """The digits of a phone number of five digits or more, "" for anything else."""
    digits = "".join(filter(str.isdecimal, text))
    return digits if len(digits) >= 5 and not any(map(str.isalpha, text)) else ""
