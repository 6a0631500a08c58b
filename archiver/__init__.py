"""archive: keep what communities know."""

__version__ = "0.4.0"
