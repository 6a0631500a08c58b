"""Pure functions from text to what must be hidden, and a library that hides it."""

from archiver.privacy.masked import Masked
from archiver.privacy.masking import MARKS, findings, mask
from archiver.privacy.spans import Span

__all__ = ["MARKS", "Masked", "Span", "findings", "mask"]
