"""What a mailbox is called, by the names of its file and of the folders it lies in."""

import base64
import binascii
import re

MAILBOX = re.compile(r"\.(?:mbox|mbx|mboxo|mboxrd|mboxcl2?|mbs)$", re.IGNORECASE)
_ENDINGS = re.compile(
    r"(?:\.(?:mbox|mbx|mboxo|mboxrd|mboxcl2?|mbs|pst|ost|txt|text|mail|emlx?|partial|gz|bz2|xz|zip|sbd|git))+$",
    re.IGNORECASE,
)
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]{0,400})-")


def plain(name: str) -> str:
    """A file's or folder's name without the endings that mailboxes and packed files have."""
    return _ENDINGS.sub("", name) or name


def of_file(folder: str, name: str) -> str:
    """An mbox is called as its file, but where every program calls the file the same, as its folder."""
    called = plain(name)
    if called.lower() in {"mbox", "topics"} and folder:  # Apple Mail's Garden.mbox/mbox; Google Groups' topics.mbox
        return last(folder)
    return "" if called == "stdin" else called


def last(folder: str) -> str:
    """The folder's own name, ready to show; "" for none."""
    return plain(folder.rpartition("/")[2]) if folder else ""


def of_maildir(folder: str) -> str:
    """*folder*: that with ``cur`` and ``new`` in it. Maildir++ calls subfolders ``.Sent``, in IMAP's own UTF-7."""
    name = folder.rpartition("/")[2]
    return _SHIFTED.sub(_unshifted, name[1:]) if name.startswith(".") and len(name) > 1 else plain(name) if name else ""


def _unshifted(match: re.Match[str]) -> str:
    """Letters beyond ASCII in the name of an IMAP folder (RFC 3501, 5.1.3): ``Entw&APw-rfe``."""
    if not match[1]:
        return "&"
    try:
        code = match[1].replace(",", "/")
        return base64.b64decode(code + "=" * (-len(code) % 4)).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]


def of_apple(folder: str) -> str:
    """Apple Mail keeps its letters in ``Garden.mbox/Messages``, or folders more below."""
    for part in reversed(folder.split("/")):
        if part.lower().endswith((".mbox", ".imapmbox")):
            return part.rpartition(".")[0]
    return last(folder)


def of_inbox(folder: str) -> str:
    """A public-inbox is called as its repository; of version 2, whose are numbered, as the folder around ``git``."""
    parts = folder.split("/")
    number = plain(parts[-1])
    if number.isdigit() and len(parts) > 1:
        parts = parts[:-2] if parts[-2] == "git" and len(parts) > 2 else parts[:-1]
    return plain(parts[-1])
