"""Temporal's payloads sealed by the key ring, and the server that opens them for people."""

from workers.codec.converter import sealed_converter
from workers.codec.payloads import SealingCodec

__all__ = ["SealingCodec", "sealed_converter"]
