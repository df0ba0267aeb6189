"""The marketplace that the sandbox stands for."""

MARKETPLACE_ID = "A17E79C6D8DWNP"
MARKETPLACE_NAME = "Amazon.sa"
COUNTRY = "SA"
CURRENCY = "SAR"
REGION = "eu-west-1"
AMAZON_AWS_ACCOUNT = "437568002678"
"""The AWS account that delivers notifications; queue policies must name it (section 3)."""
