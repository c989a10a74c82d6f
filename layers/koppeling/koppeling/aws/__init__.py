"""The adapters of AWS: DynamoDB, S3, SQS, SNS, KMS and Secrets Manager."""
