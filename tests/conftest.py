"""Servers that many tests share."""

pytest_plugins = ["tests.fixtures.histories", "tests.fixtures.postgres", "tests.fixtures.temporal"]
