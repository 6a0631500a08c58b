"""Keeping an archive for decades: doing it again from its originals, repairing it, carrying it in a bag."""
