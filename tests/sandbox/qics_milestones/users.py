"""The people who can log in at this QicsMilestones; the rights of the role decide (M13)."""

from dataclasses import dataclass

DEFAULT_USER = "koppeling@veldhuis.example"
READING_USER = "lezer@veldhuis.example"
BLIND_USER = "leeg@veldhuis.example"
RIGHTS = ("none", "read", "all")
"""What a role may, from nothing to everything; missing rights to read show as empty lists."""


@dataclass(frozen=True, slots=True)
class User:
    """A login with its role; `rights` is one of RIGHTS."""

    name: str
    full_name: str
    role: str
    about: str
    rights: str = "all"

    @property
    def password(self) -> str:
        """The password, which the login page tells: it guards nothing but invented data."""
        return f"zandbak-{self.name.partition('@')[0]}"


USERS = {
    user.name: user
    for user in (
        User(DEFAULT_USER, "Koppeling Veldhuis", "Koppeling", "Voor de koppeling (bedoeld)."),
        User(
            "administratie@veldhuis.example",
            "Administratie Veldhuis",
            "Beheerder",
            "Een collega met dezelfde rechten.",
        ),
        User(READING_USER, "Lezer Veldhuis", "Lezer", "Mag alles zien en niets wijzigen.", "read"),
        User(BLIND_USER, "Leeg Veldhuis", "Uren", "Ziet overal lege lijsten.", "none"),
    )
}


def rights_of(name: str) -> str:
    """Return what the role of a user may; somebody who is not in the list may everything."""
    user = USERS.get(name)
    return user.rights if user is not None else "all"
