"""How this tenant behaves where the contract leaves it open: each is a ⚙ of section 8."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

CHOICES: dict[str, tuple[str | int, ...]] = {
    "page_size": (50, 100),
    "next_link": ("odata.nextLink", "@odata.nextLink", "none"),
    "error_shape": ("odata", "model-state"),
    "long_name": ("cut", "refuse"),
    "rights": ("all", "read", "none"),
    "expires_in": ("number", "text", "absent"),
}


@dataclass(slots=True)
class Switches:
    """The behaviour in force; a test sets an attribute or calls `turn`.

    * `page_size`, `next_link`, `bare_array`, `filters`: lists (M16 to M18, M54)
    * `error_shape` (M19), `etag` (M24), `put_answers_body` (M20)
    * `long_name`, `unique_codes`: what is refused on writing (M56, M20)
    * `rights`: of the role; `read` refuses writing, `none` shows empty lists (M13)
    * `hides`: entities that the role may write and does not see (M13)
    * `hides_counter`: the role sees a company without how its invoices are numbered (5.8, M13)
    * `rotate_refresh_tokens`, `token_life` in seconds, `expires_in` (M10, M11)
    * `refresh_needs_redirect_uri`: M10 names it for every token call, the standard for codes only
    * `latency_ms` of each answer, `calls_per_second` that are taken; 0 is none, or any number (M20)
    * `metadata_without`: names left out of `$metadata`, `Entity` or `Entity.Field` (M53)
    """

    page_size: int = 100
    next_link: str = "odata.nextLink"
    bare_array: bool = False
    filters: bool = True
    error_shape: str = "odata"
    etag: bool = False
    put_answers_body: bool = True
    long_name: str = "cut"
    unique_codes: bool = False
    rights: str = "all"
    hides: tuple[str, ...] = ()
    hides_counter: bool = False
    rotate_refresh_tokens: bool = True
    refresh_needs_redirect_uri: bool = True
    token_life: int = 600
    expires_in: str = "number"
    latency_ms: int = 0
    calls_per_second: int = 0
    metadata_without: tuple[str, ...] = ()

    def turn(self, values: Mapping[str, Any]) -> None:
        """Set several switches at once, all of them or none.

        Raises:
            ValueError: a switch or a value that does not exist, so that a typing error in a test
                is not taken for a test that passes.
        """
        checked = {name: self._checked(name, value) for name, value in values.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def _checked(self, name: str, value: Any) -> Any:  # noqa: ANN401 - values arrive as JSON
        if name not in {field.name for field in fields(self)}:
            raise ValueError(f"no switch is named {name!r}")
        value = tuple(value) if isinstance(value, list) else value
        if type(value) is not type(getattr(self, name)):
            raise ValueError(f"switch {name} cannot be {value!r}")
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"switch {name} is one of {CHOICES[name]}, not {value!r}")
        return value
