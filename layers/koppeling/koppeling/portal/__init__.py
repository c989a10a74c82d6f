"""The pages that customers see in their browser."""
