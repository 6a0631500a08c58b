"""What an HTML mail is written onto: words, line ends, quotations, items and cells come in, lines of text go out."""

from typing import NamedTuple


class Mark(NamedTuple):
    """A place in what is being written: `Paper.since` tells what came after it."""

    lines: int
    pieces: int


class Paper:
    """Pieces of text are added to *run*, as they stand in the markup; what ends a line gathers them into one.

    Line ends wait until there are words, so that a cell or an item that begins with a paragraph begins where it
    stands.
    """

    def __init__(self) -> None:
        self.run: list[str] = []
        self._lines: list[str] = []
        self._breaks = 0  # line ends before the next words: 1, or 2 with a blank line
        self._tab = False  # the next words are a cell on the last line
        self._bullet = ""
        self._quotes = self._pre = 0
        self._quoted = 0  # how deep the last line was quoted
        self._lists: list[int | None] = []  # the number of the next item; None in a list with bullets
        self._count = self._row = 0  # lines with words: so far, and when the row began

    def mark(self) -> Mark:
        return Mark(len(self._lines), len(self.run))

    def since(self, mark: Mark) -> str:
        """What was written since; of more than a line, the last line."""
        if len(self._lines) == mark.lines:
            return "".join(self.run[mark.pieces :]).strip()
        return "".join(self.run).strip() or self._lines[-1]

    def behind(self, words: str) -> None:
        """Adds *words* right behind what was written last, even if its line has ended."""
        if self.run or not self._lines:
            self.run.append(f" {words}")
        else:
            self._lines[-1] += f" {words}"

    def line_break(self) -> None:
        self._gather()
        if not self._tab:
            self._breaks = min(self._breaks + 1, 2)

    def block(self, breaks: int) -> None:
        """The beginning or end of a block: of a paragraph (2) or of what only has lines of its own (1)."""
        if self.run:
            self._gather()
        if self._breaks < breaks and not self._tab and not self._bullet:
            self._breaks = breaks

    def row(self) -> None:
        """The beginning or end of a row."""
        self._gather()
        self._tab = False
        self.block(1)
        self._row = self._count

    def cell(self) -> None:
        """A cell begins: behind a tab, or on a new line where a cell before it had several lines."""
        self._gather()
        lines = self._count - self._row
        if lines == 1:
            self._tab, self._breaks = True, 0
        elif lines:
            self.block(1)

    def open_list(self, number: int | None) -> None:
        self.block(1)
        self._lists.append(number)

    def close_list(self) -> None:
        self._end(1)
        if self._lists:
            self._lists.pop()

    def item(self) -> None:
        self._end(1)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self._bullet = "• " if number is None else f"{number}. "

    def end_item(self) -> None:
        self._end(1)

    def quote(self, deeper: int) -> None:
        """A quotation begins (1) or ends (-1); behind it there is a blank line."""
        self._end(1 if deeper > 0 else 2)
        self._quotes += deeper

    def pre(self, deeper: int) -> None:
        """Text begins (1) or ends (-1) whose white space counts."""
        self.block(1)
        self._pre += deeper

    def rule(self) -> None:
        self.block(1)
        self.run.append("----------")
        self.block(1)

    def finish(self) -> str:
        """All that was written."""
        self._gather()
        return "\n".join(self._lines)

    def _end(self, breaks: int) -> None:
        """Ends whatever line or cell there is."""
        self._gather()
        self._tab, self._bullet = False, ""
        self.block(breaks)

    def _gather(self) -> None:
        """Makes a line of the run; any white space in it is one space, save in preformatted text."""
        if not self.run:
            return
        written = "".join(self.run)
        self.run.clear()
        if self._pre:
            for at, line in enumerate(written.replace("\r", "\n").split("\n")):
                self._breaks = min(self._breaks + (at > 0), 2)
                if line.strip():
                    self._line(line.rstrip())
        elif words := written.split():
            self._line(" ".join(words))

    def _line(self, words: str) -> None:
        """Words on a new line, or in a cell of the last one."""
        if self._tab:
            self._lines[-1] += f"\t{words}"
            self._tab = False
            return
        if self._breaks > 1 and self._lines:
            self._lines.append(">" * min(self._quoted, self._quotes))
        self._breaks = 0
        self._count += 1
        self._quoted = self._quotes
        if self._quotes or self._lists or self._bullet:
            words = self._start() + words
        self._lines.append(words)

    def _start(self) -> str:
        """What stands before the first word of a line."""
        quoted = ">" * min(self._quotes, 50) + " " if self._quotes else ""
        depth = min(len(self._lists), 20)
        bullet, self._bullet = self._bullet, ""
        indent = "  " * (depth - 1 if bullet else depth) if depth else ""
        return f"{quoted}{indent}{bullet}"
