"""The pages of the bookkeeper in a real browser, on the deployed local stack."""
