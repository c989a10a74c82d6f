"""What the link remembers, in DynamoDB."""
