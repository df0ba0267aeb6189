"""The cases by topic; `tests.conformance.every` enters them all."""
