"""The data converter of every client and worker."""

from dataclasses import replace

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

from store.sealing import Plain, Sealer
from workers.codec.payloads import SealingCodec


def sealed_converter(sealer: Sealer) -> DataConverter:
    """Pydantic models, sealed where there are keys; messages and stack traces of failures too."""
    if isinstance(sealer, Plain):
        return pydantic_data_converter
    return replace(
        pydantic_data_converter,
        payload_codec=SealingCodec(sealer),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
