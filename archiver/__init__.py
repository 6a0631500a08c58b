"""archive: keep what communities know."""

__version__ = "0.3.0"
