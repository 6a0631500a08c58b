"""The invented garden club of examples/: its talk, its pictures, the two phones that export them; its mailing list;
what one of them says on Facebook."""

from tests.garden_club import facebook
from tests.garden_club.mailing import mbox
from tests.garden_club.phones import android_text, iphone_zip
from tests.garden_club.post import posts
from tests.garden_club.talk import spoken

LEFT_IPHONE = "2024-05-11"  # Nell sends the chat to the library
NEW_PHONE = "2024-01-14"  # Maren's first phone is in the water tank


def example_files() -> dict[str, bytes]:
    """Name → bytes of every file in examples/; the same bytes on every run."""
    lines = spoken()
    return {
        "WhatsApp Chat - Garden Club.zip": iphone_zip([line for line in lines if line.day <= LEFT_IPHONE]),
        "WhatsApp Chat mit Garden Club.txt": android_text([line for line in lines if line.day >= NEW_PHONE]),
        "garden-club-list.mbox": mbox(posts()),
        "facebook-thuytran-2024-06-16-Ba8kQx2R.zip": facebook.export(),
    }
