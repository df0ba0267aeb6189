"""The bodies of the signatures: thin classes round the platform, listed by task queue."""

from collections.abc import Callable
from typing import Any

from activities.bodies.acting import Acting
from activities.bodies.checking import Checking
from activities.bodies.documents.importing import Importing
from activities.bodies.holding import Holding
from activities.bodies.labelling import Labelling
from activities.bodies.polling import Polling
from activities.bodies.publishing import Publishing
from activities.bodies.reading import Reading
from activities.bodies.recording import Recording
from activities.bodies.sweeping import Sweeping
from activities.ports import Platform


def of_orders(platform: Platform) -> list[Callable[..., Any]]:
    """For a channel's own task queue."""
    recording, reading = Recording(platform), Reading(platform)
    return [
        recording.record_order,
        recording.note_attention,
        recording.skip_step,
        recording.ask_cancel,
        Publishing(platform).publish_order_event,
        Acting(platform).act_at_marketplace,
        Labelling(platform).send_label,
        reading.read_order,
        reading.reread_order,
    ]


def of_documents(platform: Platform) -> list[Callable[..., Any]]:
    """For a channel's bulk task queue."""
    importing = Importing(platform)
    return [
        importing.find_document,
        importing.fetch_document,
        importing.read_document,
        importing.publish_document,
        importing.reopen_document,
    ]


def of_accounts(platform: Platform) -> list[Callable[..., Any]]:
    """For a channel's bulk task queue."""
    return [
        Polling(platform).poll_orders,
        Checking(platform).check_account,
        Holding(platform).hold_account,
        Holding(platform).resume_account,
        Sweeping(platform).sweep_orders,
        *of_documents(platform),
    ]
