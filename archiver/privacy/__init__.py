"""Pure functions from text to what must be hidden, and a library that hides it."""

from archiver.privacy.masked import Masked
from archiver.privacy.masking import MARKS, Masker, findings, mask
from archiver.privacy.naming import Naming
from archiver.privacy.spans import HIGH_RISK, KINDS, Span

__all__ = ["HIGH_RISK", "KINDS", "MARKS", "Masked", "Masker", "Naming", "Span", "findings", "mask"]
