"""A stand-in for the parts of AWS on a marketplace's way in: SQS, S3, Lambda's event source.

SQS and S3 are moto's, in memory. The event source and the functions' runtime API are here.
"""
