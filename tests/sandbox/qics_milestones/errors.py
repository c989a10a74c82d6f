"""How QM says no: one exception, and the two bodies that M19 allows for it."""

from typing import Any

INTERNAL = "sandbox internals that nobody outside may see"
"""What stands in `innererror`: a test can look whether a client shows or stores it (M19)."""


class RefusedError(Exception):
    """A call that QM refuses, with its status (M20) and the field at fault, if there is one."""

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field

    def body(self, shape: str) -> dict[str, Any]:
        """Return the body in one of the two shapes of M19: `odata` or `model-state`."""
        if shape == "model-state":
            state = {"ModelState": {f"model.{self.field}": [self.message]}} if self.field else {}
            return {"Message": self.message} | state
        return {
            "odata.error": {
                "code": "",
                "message": {"lang": "en-US", "value": self.message},
                "innererror": {"message": INTERNAL, "type": "Sandbox", "stacktrace": INTERNAL},
            }
        }


def invalid(message: str, field: str = "") -> RefusedError:
    """Return the refusal of something that the caller wrote wrongly."""
    return RefusedError(400, message, field)
