"""archive: keep what communities know."""

__version__ = "0.2.0"
