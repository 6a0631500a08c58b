"""Makers of inputs that mean harm; all of them small."""
