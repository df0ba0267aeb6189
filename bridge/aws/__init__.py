"""What runs at AWS: from SQS, and from S3 by way of SQS, to the bus. And AWS as others need it."""
