"""What stays out of the tree, and the words for it."""

from dataclasses import dataclass

from archiver.dump.limits import RATIO_FROM, Limits
from archiver.dump.zips import DEFLATED, STORED, Member
from archiver.errors import DumpError
from archiver.model import Loss, Problem

_LONGEST = 1 << 17  # a name in a zip has at most 65,535 bytes; longer than the limit, it is known in part only
_UNLOCK = "Unpack it with its password and import the folder, or export again without a password."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something stays out: *what* as in Problem, and the error it becomes where nothing else comes in."""

    what: str
    error: DumpError
    loss: Loss = "file"

    def problem(self) -> Problem:
        words = (self.error.what, self.error.why, self.error.remedy)
        return Problem(self.what, " ".join(word for word in words if word), loss=self.loss)


def beyond(path: str, folders: int, limits: Limits) -> Refusal | None:
    """Why a file or folder within this many *folders* has no place in the tree."""
    shown = path if len(path) <= 80 else path[:80] + "…"
    if len(path) > limits.path_length:
        enough = max(len(path), _LONGEST)
        return Refusal("path too long", limits.past("path_length", enough, f"The path of “{shown}” is too long."))
    if folders > limits.depth:
        return Refusal("too deep", limits.past("depth", folders, f"“{shown}” lies too deep in folders."))
    return None


def unreadable(member: Member, path: str) -> Refusal | None:
    """Why this member of a zip cannot be read, or is nothing to read."""
    if member.is_link:
        return Refusal("link", DumpError(f"“{path}” is a link and is not followed."))
    if member.is_special:
        return Refusal("not a file", DumpError(f"“{path}” is a device, a pipe or a socket."), "nothing")
    if member.is_encrypted:
        return Refusal("encrypted", DumpError(f"“{path}” is protected by a password.", remedy=_UNLOCK))
    if member.method not in {STORED, DEFLATED}:
        why = f"It is compressed in a way that is not known here (method {member.method})."
        remedy = "Unpack the zip with the program it was made with and import the folder."
        error = DumpError(f"“{path}” cannot be unpacked.", why=why, remedy=remedy)
        return Refusal("unknown compression", error)
    return None


def swelling(member: Member, path: str, limits: Limits) -> Refusal | None:
    """Why this member would grow too large when unpacked."""
    if member.size > limits.member_bytes:
        return Refusal("too large", limits.past("member_bytes", member.size, f"“{path}” is too large."))
    if member.size > RATIO_FROM and member.size > limits.ratio * member.packed:
        ratio = -(-member.size // max(member.packed, 1))
        what = f"“{path}” would swell to {ratio:,} times its packed size."
        return Refusal("swells too much", limits.past("ratio", ratio, what))
    return None


def torn(error: DumpError) -> Refusal:
    """For a packed file that could be read up to some place only."""
    why = f"{error.why} What comes before that place was read."
    return Refusal("damaged", DumpError(error.what, why=why, remedy=error.remedy))


def gitless(path: str) -> Refusal:
    """For a git repository where there is no git."""
    what = f"“{path}” is a git repository, perhaps a public-inbox, and git is not installed."
    return Refusal("no git", DumpError(what, remedy="Install git and import again."))


def nothing_in(path: str, refusals: list[Refusal]) -> DumpError:
    """The error for a zip of which no member can be read."""
    if {refusal.what for refusal in refusals} == {"encrypted"}:
        return DumpError(f"Every file in “{path}” is protected by a password.", remedy=_UNLOCK)
    if refusals:
        return refusals[0].error
    return DumpError(f"The zip “{path}” holds no files.", remedy="Make the export again.")
