"""Servers that many tests share."""

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.temporal"]
