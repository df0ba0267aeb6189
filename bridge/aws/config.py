"""What a function is told by its environment: one JSON object, and where the bus is."""

import os
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

CONFIG_VARIABLE = "SOUK_INGRESS"
BUS_VARIABLE = "SOUK_BUS__CONNECTION_STRING"
SECRET_VARIABLE = "SOUK_BUS_SECRET_ARN"  # noqa: S105 - the name of a variable
"""Of a secret whose whole text is the connection string, with Send rights alone."""


class IngressConfigError(Exception):
    """The function's environment is wrong; the message names what."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IngressAccount(_Part):
    """One account whose messages come by the queue."""

    account: str = Field(min_length=1)
    """Our name for it."""
    owner: str = ""
    """What the marketplace calls the seller."""
    subscriptions: tuple[str, ...] = ()
    """For messages that do not name the seller."""
    objects: tuple[str, ...] = ()
    """Where its files are put: `s3://bucket/prefix`."""


class IngressConfig(_Part):
    """Whose messages are taken, and where what cannot be taken goes."""

    channel: str = Field(min_length=1)
    reader: str = ""
    """The module that reads the messages (`ingress` of the registry); none is needed for files."""
    accounts: tuple[IngressAccount, ...] = Field(min_length=1)
    dead_letters: str
    """URL of the SQS queue that is the source queue's own dead-letter queue too."""
    claims_bucket: str = ""
    endpoint: str = ""
    """Instead of AWS itself, for a stand-in."""
    region: str = ""
    give_up_after: int = Field(default=5, ge=1)
    """Receipts after which what fails for no outage is set aside with its reason."""
    log_level: str = "INFO"

    @classmethod
    def of_environment(cls) -> Self:
        """Reads `SOUK_INGRESS`.

        Raises:
            IngressConfigError: It is missing or wrong.
        """
        text = os.environ.get(CONFIG_VARIABLE, "")
        if not text:
            raise IngressConfigError(f"Set {CONFIG_VARIABLE} to the function's JSON.")
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            told = "; ".join(
                f"{'.'.join(str(x) for x in problem['loc'])}: {problem['msg']}"
                for problem in error.errors(include_url=False, include_input=False)
            )
            raise IngressConfigError(f"{CONFIG_VARIABLE} is wrong: {told}") from None


def bus_secret(config: IngressConfig) -> SecretStr:
    """The connection string of the bus, from the environment or from Secrets Manager.

    Raises:
        IngressConfigError: Neither names it.
    """
    from bridge.aws.clients import Aws

    if given := os.environ.get(BUS_VARIABLE):
        return SecretStr(given)
    arn = os.environ.get(SECRET_VARIABLE)
    if not arn:
        raise IngressConfigError(f"Set {BUS_VARIABLE}, or {SECRET_VARIABLE} to a secret's ARN.")
    client = Aws(config.endpoint, config.region).client("secretsmanager")
    return SecretStr(client.get_secret_value(SecretId=arn)["SecretString"])
