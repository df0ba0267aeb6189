"""Which error ends a command with which exit code, and the one line that a person reads."""

from workers.cli.exits import ExitCode

_CODES = {
    "workers.settings.SettingsError": ExitCode.USAGE,
    "store.sealing.SealError": ExitCode.USAGE,
    "channels.registry.UnknownChannelError": ExitCode.USAGE,
    "workers.stack.folder.FolderInUseError": ExitCode.USAGE,
    "workers.stack.child.StartError": ExitCode.AWAY,
    "workers.client.TemporalUnavailableError": ExitCode.AWAY,
    "store.errors.StoreUnavailableError": ExitCode.AWAY,
    "activities.ports.BusUnavailableError": ExitCode.AWAY,
    "bridge.sqs_letters.QueuesUnavailableError": ExitCode.AWAY,
    "channels.errors.ContractError": ExitCode.WRONG,
    "channels.errors.RefusedError": ExitCode.WRONG,
    "channels.errors.CredentialsError": ExitCode.WRONG,
    "channels.errors.AmbiguousError": ExitCode.AWAY,
    "channels.errors.ThrottledError": ExitCode.AWAY,
    "channels.errors.UnavailableError": ExitCode.AWAY,
    "bridge.dispatcher.verdict.OutageError": ExitCode.AWAY,
    "bridge.dispatcher.waker.RefusedByTemporalError": ExitCode.WRONG,
    "workers.embedded.postgres.EmbeddedPostgresError": ExitCode.AWAY,
    "workers.operations.errors.NotFoundError": ExitCode.WRONG,
    "workers.operations.errors.UnclearError": ExitCode.USAGE,
    "workers.operations.errors.RefusedError": ExitCode.WRONG,
    "workers.operations.errors.AwayError": ExitCode.AWAY,
    "workers.operations.errors.FileError": ExitCode.USAGE,
    "workers.scaffold.errors.ScaffoldError": ExitCode.USAGE,
}
"""By name, so that no command loads modules for errors that it cannot meet."""


def exit_code(error: BaseException) -> ExitCode | None:
    """The exit code for an error that a person can act upon; None for a fault of ours."""
    for kind in type(error).__mro__:
        code = _CODES.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code
    return None
