"""Text in ``format=flowed`` (RFC 3676): lines that end in a space go on in the next one."""

_SIGNATURE = "-- "
_MARKED = (">", " ")


def unflow(text: str, delete_space: bool = False) -> str:
    """The text with its paragraphs joined, a line each; what is quoted keeps a ``>`` for each level and a space.

    A line break ends a paragraph where the line has no space at its end, where the quoting depth changes, and before
    and after the signature's ``-- ``. *delete_space*: the space before a soft line break is not the text's own
    (DelSp=yes, for scripts without spaces).
    """
    if " \n" not in text and "\n " not in text and text[:1] != " ":
        return text
    paragraphs: list[str] = []
    held: list[str] = []
    depth = 0
    for written in text.split("\n"):
        line, marks = written, 0
        if written[:1] in _MARKED:
            line = written.lstrip(">")
            marks, line = len(written) - len(line), line.removeprefix(" ")  # a space may be stuffed in
        if not (line[-1:] == " " or held or marks):  # a line by itself
            paragraphs.append(line)
            continue
        if held and (marks != depth or line == _SIGNATURE):
            paragraphs.append(_quoted(depth, held))
            held = []
        depth = marks
        soft = line.endswith(" ") and line != _SIGNATURE
        held.append(line[:-1] if soft and delete_space else line)
        if not soft:
            paragraphs.append(_quoted(depth, held))
            held = []
    if held:
        paragraphs.append(_quoted(depth, held))
    return "\n".join(paragraphs)


def _quoted(depth: int, lines: list[str]) -> str:
    line = "".join(lines)
    return f"{'>' * depth} {line}" if depth else line
