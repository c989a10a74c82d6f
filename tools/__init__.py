"""Scripts behind the Make targets: the local stack, the demo, the runtime client."""
