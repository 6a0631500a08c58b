"""archive: keep what communities know."""

__version__ = "0.5.0"
