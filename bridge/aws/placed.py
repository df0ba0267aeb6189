"""Files that somebody put into a bucket, as events of the accounts whose folders they are in.

S3 writes keys URL-encoded into its events, a blank as `+`. One message may hold several records.

Source: "Event message structure" of the S3 user guide.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bridge.aws.config import IngressConfig
from bridge.aws.record import CONTRACT, UNKNOWN_ACCOUNT, PoisonError, QueueRecord
from canonical.envelope import InboundEvent, Source
from canonical.identity import bounded

TEST_EVENT = "s3:TestEvent"
CREATED = "ObjectCreated:"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Object(_Wire):
    key: str = Field(min_length=1)
    size: int | None = None
    etag: str = Field(default="", validation_alias="eTag")
    version: str = Field(default="", validation_alias="versionId")
    sequencer: str = ""


class _Bucket(_Wire):
    name: str = Field(min_length=1)


class _S3(_Wire):
    bucket: _Bucket
    object: _Object


class _Placed(_Wire):
    name: str = Field(validation_alias="eventName")
    at: AwareDatetime = Field(validation_alias="eventTime")
    s3: _S3


class _Event(_Wire):
    records: tuple[_Placed, ...] = Field(validation_alias="Records")


class PlacedReader:
    """Reads S3's events."""

    def __init__(self, config: IngressConfig) -> None:
        self._channel = config.channel
        self._by_prefix = {
            prefix.removeprefix("s3://"): account.account
            for account in config.accounts
            for prefix in account.objects
        }

    def events(self, record: QueueRecord) -> Sequence[InboundEvent]:
        """An event of each file; none of what is no creation.

        Raises:
            PoisonError: The message is not S3's, or one of its files is in nobody's folder.
        """
        told = self._parsed(record.body)
        if told is None:
            return ()
        placed = [p for p in told.records if p.name.removeprefix("s3:").startswith(CREATED)]
        return [self._event(p, record) for p in placed]

    def _parsed(self, body: str) -> _Event | None:
        try:
            value: Any = json.loads(body)
            if isinstance(value, Mapping) and value.get("Event") == TEST_EVENT:
                return None
            return _Event.model_validate(value)
        except ValidationError as error:
            fields = {".".join(str(x) for x in p["loc"]) for p in error.errors()}
            what = f"no event of S3: {', '.join(sorted(fields)) or 'the body'} does not fit"
        except (ValueError, RecursionError) as error:
            what = f"no event of S3: {error}"
        raise PoisonError(CONTRACT, what, channel=self._channel)

    def _event(self, placed: _Placed, record: QueueRecord) -> InboundEvent:
        bucket, of = placed.s3.bucket.name, placed.s3.object
        key = unquote_plus(of.key)
        # Not by content alone: the same file put again after another is a change.
        which = of.version or of.sequencer or f"{of.etag}:{placed.at.isoformat()}"
        body = {
            "bucket": bucket,
            "key": key,
            "size": of.size,
            "etag": of.etag,
            "version": of.version,
            "created_at": placed.at.isoformat(),
        }
        return InboundEvent(
            channel=self._channel,
            account=self._account(f"{bucket}/{key}"),
            event_id=bounded(f"object:{bucket}/{key}:{which}", 200),
            order_id=None,
            subject=f"object:{bucket}/{key}",
            source=Source.QUEUE,
            received_at=record.received_at,
            correlation_id=record.correlation_id,
            body=json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        )

    def _account(self, path: str) -> str:
        """By the longest folder that the file is in."""
        fitting = [prefix for prefix in self._by_prefix if path.startswith(prefix)]
        if not fitting:
            known = ", ".join(sorted(self._by_prefix)) or "none"
            raise PoisonError(
                UNKNOWN_ACCOUNT,
                f"s3://{path} is in no account's folder; configured here: {known}. Add its folder"
                " to an account's `objects`, then replay.",
                channel=self._channel,
            )
        return self._by_prefix[max(fitting, key=len)]
