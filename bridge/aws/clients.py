"""Clients of AWS, made when first needed: boto3 costs a cold start a tenth of a second."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Aws:
    """Where AWS is; what is empty is as boto3 finds it in environment and role.

    Attributes:
        endpoint: Instead of AWS itself, for a stand-in.
        region: Such as `eu-west-1`.
    """

    endpoint: str = ""
    region: str = ""
    _made: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def client(self, service: str) -> Any:
        """The client of a service ("sqs", "s3"); threads may share it."""
        if service not in self._made:
            import boto3
            from botocore.config import Config

            standing_in = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
            self._made[service] = boto3.client(
                service,
                endpoint_url=self.endpoint or None,
                region_name=self.region or None,
                config=Config(connect_timeout=3, read_timeout=25, retries={"max_attempts": 2}),
                **(standing_in if self.endpoint else {}),
            )
        return self._made[service]
