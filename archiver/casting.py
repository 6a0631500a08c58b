"""Who appears in a snapshot, and how: what was decided, put together with whom the archive knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archiver.choosing import choose, one_to_one
from archiver.errors import UsageError
from archiver.exporters import site
from archiver.policy import Policy
from archiver.privacy import Naming
from archiver.privacy.cutting import Cutter, Rules, quote_rules
from archiver.privacy.people import Asked, Person, ask_for
from archiver.privacy.pseudonyms import Given, name_them, seal_of
from archiver.privacy.seals import Seals
from archiver.store import faces
from archiver.store.archive import Archive
from archiver.store.library import StoredLibrary
from archiver.store.people import people as people_in
from archiver.store.people import said_by, strangers

_LISTED = 8


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a snapshot. *own*: who appears under their own name because they agreed (or everybody does),
    *pseudonyms* by number, *left_out* who does not appear; *fresh*: pseudonyms still to be remembered. *naming* is
    None where everybody appears as they are called."""

    people: Sequence[Person]
    own: Sequence[Person]
    pseudonyms: Mapping[int, str]
    left_out: Sequence[Person]
    fresh: Mapping[bytes, Given]
    naming: Naming | None
    seals: Seals


def cast(archive: Archive, policy: Policy, secret: bytes) -> Cast:
    """The cast of the conversations that *policy* names; UsageError for somebody nobody knows."""
    sql = archive.connection
    chosen = choose(StoredLibrary(archive).conversations(), policy.listed("conversations"))
    where = [one.id for one in chosen]
    people = people_in(sql, where)
    everybody = people_in(sql)
    agreed = _meant(policy, "consent", people, everybody)
    out = _meant(policy, "opt_out", people, everybody)
    real = policy.said("names") == "real"
    left_out = [one for one in people if one.id in out]
    own = [one for one in people if one.id not in out and (real or one.id in agreed)]
    named = name_them([] if real else [one for one in people if one.id not in out | agreed], faces.given(sql), secret)
    if real and not left_out:
        return Cast(people, own, {}, [], {}, None, Seals(secret))
    naming = Naming(
        people,
        pseudonyms=named.names,
        left_out={one.id for one in left_out},
        strangers=() if real else strangers(sql, where),
        hides=not real,
        mark=site.words(policy.said("language")).say("hidden_name"),
        spared={one.title for one in chosen if not one_to_one(one)},
        quotes=_quotes(archive, where, left_out, secret),
        around={row: [one.id for one in people_in(sql, [row])] for row in where},
    )
    return Cast(people, own, named.names, left_out, named.fresh, naming, Seals(secret))


def _meant(policy: Policy, key: str, people: Sequence[Person], everybody: Sequence[Person]) -> set[int]:
    """The numbers of those whom a list names; people of the snapshot come before those of other conversations."""
    numbers = set()
    for wanted in policy.listed(key):
        asked = ask_for(people, wanted)
        if not asked.found:
            asked = ask_for(everybody, wanted)
        if len(asked.found) != 1:
            raise _nobody(policy, key, wanted, asked)
        numbers.add(asked.found[0].id)
    return numbers


def _nobody(policy: Policy, key: str, wanted: str, asked: Asked) -> UsageError:
    if asked.found:
        listed = "; ".join(f"{one.id}: {', '.join(one.called())}" for one in asked.found[:_LISTED])
        what, remedy = f"“{wanted}” is more than one person.", f"Name each you mean by number: {listed}"
    else:
        what = f"“{wanted}” is nobody in this archive."
        near = " or ".join(f"“{name}”" for name in asked.near)
        remedy = f"Did you mean {near}?" if near else "See who there is: archive stats people"
    return UsageError(what, why=f"{key}: {policy.where(key, wanted)}", remedy=remedy)


def _quotes(archive: Archive, where: Sequence[int], left_out: Sequence[Person], secret: bytes) -> Cutter | None:
    """Knows the words of those who are left out when others quote them."""
    if not left_out:
        return None
    seals, identities = Seals(secret), [row for one in left_out for row in one.identities]
    rules = Rules()
    for text in said_by(archive.connection, where, identities):
        rules.quotes |= quote_rules(seals, text)
    return Cutter(seals, rules)


def site_seal(secret: bytes, target: Path) -> bytes:
    """What a published folder is remembered by."""
    return Seals(secret).of("site", str(target.expanduser().resolve()))


def appearances(cast: Cast) -> dict[bytes, str]:
    """Who appears and how, by the seals of their handles: what is remembered of a snapshot."""
    hidden = [one for one in cast.people if one.id in cast.pseudonyms]
    return {seal_of(cast.seals, handle): "own" for one in cast.own for handle in one.handles} | {
        seal_of(cast.seals, handle): "pseudonym" for one in hidden for handle in one.handles
    }


def newly(cast: Cast, before: Mapping[bytes, str]) -> list[tuple[Person, str]]:
    """Whom a snapshot shows that the last one did not show, or not under their own name; with how."""

    def known(one: Person) -> set[str]:
        return {before[seal] for handle in one.handles if (seal := seal_of(cast.seals, handle)) in before}

    fresh = [(one, "own") for one in cast.own if "own" not in known(one)]
    return fresh + [(one, "pseudonym") for one in cast.people if one.id in cast.pseudonyms and not known(one)]
