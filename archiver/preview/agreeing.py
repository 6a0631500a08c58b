"""Nothing takes its place before somebody has seen it: what has to be agreed to, and by whom."""

from collections.abc import Callable, Mapping

from archiver.casting import Cast
from archiver.choosing import some_messages
from archiver.errors import RefusedError
from archiver.preview.survey import appearing, new, risky
from archiver.publish import Agree, Seen

Ask = Callable[[list[str]], bool]
"""Shows some lines to a person and tells whether they say yes."""

WORDS = {
    "card": "card numbers",
    "iban": "account numbers",
    "id": "ID numbers",
    "code": "codes",
    "secret": "passwords or keys",
}
_IDS = 5  # messages that a refusal names


def gate(cast: Cast, before: Mapping[bytes, str], *, accepted: str = "", ask: Ask | None = None) -> Agree:
    """What `publish` asks at the end. *before*: who appeared in the folder the last time; *accepted*: the hash of a
    report that somebody has read. *ask*: asks a person who is there; None: nobody is, or said yes beforehand.

    RefusedError when something that does harm at once was not accepted by just this report's hash, when another was,
    or when the person says no.
    """

    def agree(seen: Seen) -> None:
        if accepted and accepted != seen.report:
            raise RefusedError(
                f"{accepted} is the hash of another report.",
                why=f"What would be written now is told in report {seen.report}.",
                remedy=f"Read it (the same command with --preview), then: --accept {seen.report}",
            )
        if seen.masked.risks and not accepted:
            raise _refused(seen)
        if ask is not None and not accepted and (lines := _news(seen, cast, before)) and not ask(lines):
            raise RefusedError("Nothing was written.", remedy="To see all of it, add --preview.")

    return agree


def _refused(seen: Seen) -> RefusedError:
    risks = seen.masked.risks
    told = ", ".join(f"{WORDS[kind]} in {some_messages(count)}" for kind, count in risky(risks).items())
    some = ", ".join(list(risks)[:_IDS]) + (f" and {len(risks) - _IDS:,} more" if len(risks) > _IDS else "")
    return RefusedError(
        f"Nothing was written, for there seem to be {told}.",
        why=f"They are masked unless you allow them, yet words beside them may tell as much: {some}.",
        remedy="Look at them (archive show ID, or the same command with --preview) and redact what is nobody's "
        f"business. If all is well: --accept {seen.report}",
    )


def _news(seen: Seen, cast: Cast, before: Mapping[bytes, str]) -> list[str]:
    """What somebody should know before: all of it the first time, later whom the pages name for the first time."""
    named = [one.name for one in new(seen, cast, before) if one.how == "own"]
    if before and not named:
        return []
    people, _ = appearing(seen, cast)
    titles = ", ".join(f"“{one.title}”" for one in seen.masked.conversations())
    lines = [f"To be published: {titles}; {some_messages(sum(one.messages for one in seen.chosen))}."]
    lines.append(
        f"People: {people['own']:,} under their own name, {people['pseudonym']:,} under a pseudonym, "
        f"{people['member']:,} as numbered members, {people['left_out']:,} left out."
    )
    if named:
        lines.append(f"Named for the first time: {', '.join(named[:20])}{' …' if len(named) > 20 else ''}.")
    return lines
