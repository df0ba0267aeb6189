"""The workflow sandbox as our workers use it."""

from typing import Any

from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "canonical",
    "activities.signatures",
    "workflows.alarm",
    "workflows.board",
    "workflows.options",
    "workflows.signals",
)
"""Pure modules, shared by all workflows instead of being imported anew for each: an import costs
some ten milliseconds, and every order's workflow is a sandbox of its own."""


class ContextFreeRunner(SandboxedWorkflowRunner):
    """The sandbox, without asking inside it for each payload whose payload it is.

    The SDK offers converters and codecs a context per command and enters the sandbox to learn it,
    several times for each payload: a sixth of a busy worker's CPU, measured. Neither the pydantic
    converter nor our codec looks at the context, and no payload is stored outside of Temporal.
    """

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A sandboxed instance whose payloads carry no context."""
        instance = super().create_instance(det)
        instance.get_serialization_context = _no_context  # type: ignore[method-assign]
        instance.get_external_store_context = _no_target  # type: ignore[method-assign]
        return instance


def sandbox() -> SandboxedWorkflowRunner:
    """The workflow sandbox with our pure modules passed through."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return ContextFreeRunner(restrictions=restrictions)


def _no_context(command_info: Any) -> None:
    return None


def _no_target(command_info: Any) -> StorageDriverStoreContext:
    return StorageDriverStoreContext(target=None)
