"""Files without what they say beside the picture or the sound: places, devices, names, dates, thumbnails, comments.

What is shown stays bit for bit the same: nothing is decoded or encoded again. A format is a walker over the parts of
its files that copies what is known to be needed and nothing else, so that what nobody thought of stays behind, too; a
file that is not quite as its format has it is not published at all.

Walkers of our own, for no library fits: Pillow, wand and pyvips encode pictures anew; piexif has seen no release since
2019, knows JPEG and WebP only and keeps XMP, comments and what is behind the end; mutagen knows tags of sound, but
neither a video's uuid boxes nor its times; exiftool and mat2 are not of this language, or wrap such programs.
"""

from collections.abc import Callable

from archiver.media import HEAD, sniff
from archiver.privacy.bare import boxes, gif, jpeg, ogg, png, riff, sound
from archiver.privacy.bare.parts import Bare, DamagedError

__all__ = ["LIMIT", "Bare", "bare", "knows"]

LIMIT = 95 << 20  # bytes; what is larger has no place on a static host

_WALKERS: dict[str, tuple[str, Callable[[bytes], Bare]]] = {
    "image/jpeg": ("jpg", jpeg.bare),
    "image/png": ("png", png.bare),
    "image/gif": ("gif", gif.bare),
    "image/webp": ("webp", riff.picture),
    "audio/wav": ("wav", riff.sound),
    "audio/ogg": ("ogg", ogg.bare),
    "audio/mpeg": ("mp3", sound.mp3),
    "audio/aac": ("aac", sound.frames),
    "audio/amr": ("amr", sound.frames),
    "audio/mp4": ("m4a", boxes.bare),
    "video/mp4": ("mp4", boxes.bare),
    "video/quicktime": ("mov", boxes.bare),
    "video/3gpp": ("3gp", boxes.bare),
}


def knows(head: bytes) -> str | None:
    """The media type of a file that begins with *head*, when its format is one of those that can be bared."""
    kind = sniff(head[:HEAD])
    return kind if kind in _WALKERS else None


def bare(content: bytes) -> Bare | None:
    """The file without what it says beside what it shows; None where nobody can tell that nothing else is in it."""
    kind = knows(content)
    if kind is None or len(content) > LIMIT:
        return None
    ending, walk = _WALKERS[kind]
    try:
        found = walk(content)
    except DamagedError:
        return None
    if kind == "video/mp4" and not found.width:
        kind, ending = "audio/mp4", "m4a"  # a film without a picture
    return found._replace(media_type=kind, ending=ending)
