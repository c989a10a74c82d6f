"""The people who can log in at this Exact Online."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from tests.sandbox.common import company

LINK_USER = "koppeling@veldhuis.example"
OTHER_USER = "administratie@veldhuis.example"
OUTSIDER = "gast@elders.example"


@dataclass(frozen=True, slots=True)
class User:
    """A login and the administrations it may open."""

    name: str
    full_name: str
    divisions: tuple[int, ...]

    @property
    def id(self) -> str:
        """The UserID, the same in every sandbox."""
        return str(uuid5(NAMESPACE_URL, f"user:{self.name}"))


def users() -> dict[str, User]:
    """Return all users by name; the last one may log in but sees no administration (X31)."""
    people = (
        User(LINK_USER, "Koppeling Veldhuis", (company.DIVISION,)),
        User(OTHER_USER, "Administratie Veldhuis", (company.DIVISION,)),
        User(OUTSIDER, "Gast", ()),
    )
    return {user.name: user for user in people}
