"""What protects bodies, personal data and payloads: the key ring of the settings."""

from store import Plain, Sealer
from store.sealing_ring import KeyRing
from workers.settings import Settings


def sealer_of(settings: Settings) -> Sealer:
    """The ring of the key file; nothing is sealed where the settings name none.

    Raises:
        SealError: The file cannot be read.
    """
    return Plain() if settings.key_file is None else KeyRing.of_file(settings.key_file)
