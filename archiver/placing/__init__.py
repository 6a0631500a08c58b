"""How a snapshot gets into its folder: written fresh beside it, listed in a manifest, and swapped in whole."""
