"""The people who can log in at this Exact Online, and what each of them may (X32)."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from tests.sandbox.common import company

LINK_USER = "koppeling@veldhuis.example"
OTHER_USER = "administratie@veldhuis.example"
GROUP_USER = "directie@veldhuis.example"
GROUP_USER_NAME = "DirectieVeldhuis"
LIMITED_USER = "receptie@veldhuis.example"
PORTAL_USER = "mijnkantoor@veldhuis.example"
OUTSIDER = "gast@elders.example"

_OWN = (company.DIVISION,)
_ALL = (company.DIVISION, company.HOLDING.division, company.ARCHIVED.division)
_NO_ENTRIES = (
    "Documenten aanmaken en bijwerken",
    "Boekingen importeren",
    "Verkoopboekingen invoeren, bewerken en verwijderen",
)


@dataclass(frozen=True, slots=True)
class User:
    """A login, the administrations that it may open, and the rights of X32 that it lacks there.

    The name is an address; `Me` may call somebody otherwise (`user_name`).
    """

    name: str
    full_name: str
    divisions: tuple[int, ...]
    about: str
    lacks: tuple[str, ...] = ()
    is_portal: bool = False
    user_name: str = ""

    @property
    def id(self) -> str:
        """The UserID, the same in every sandbox."""
        return str(uuid5(NAMESPACE_URL, f"user:{self.name}"))

    @property
    def password(self) -> str:
        """The password, which the login page tells: it guards nothing but invented data."""
        return f"zandbak-{self.name.partition('@')[0]}"


def users() -> dict[str, User]:
    """Return all users by name; the last one may log in but sees no administration (X31)."""
    people = (
        User(LINK_USER, "Koppeling Veldhuis", _OWN, "De gebruiker voor de koppeling (bedoeld)."),
        User(OTHER_USER, "Administratie Veldhuis", _OWN, "Een collega met dezelfde rechten."),
        User(
            GROUP_USER,
            "Directie Veldhuis",
            _ALL,
            "Heeft drie administraties, en een gebruikersnaam die geen adres is.",
            user_name=GROUP_USER_NAME,
        ),
        User(
            LIMITED_USER,
            "Receptie Veldhuis",
            _OWN,
            "Mag relaties bekijken, maar niet boeken en geen documenten toevoegen.",
            lacks=_NO_ENTRIES,
        ),
        User(PORTAL_USER, "MijnKantoor Veldhuis", _OWN, "Gebruikt MijnKantoor.", is_portal=True),
        User(OUTSIDER, "Gast", (), "Heeft geen enkele administratie."),
    )
    return {user.name: user for user in people}
