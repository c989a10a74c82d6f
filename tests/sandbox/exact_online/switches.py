"""What a test may turn about the sandbox; the values given here are the strict ones."""

from dataclasses import dataclass, field, fields

from tests.sandbox.common import company


@dataclass(slots=True)
class Switches:
    """One attribute for each duty that exact-online.md section 13 marks as a switch."""

    daily_limit: int = 5000  # X34
    minute_limit: int = 60  # X34
    hidden_minute_calls: int = 0  # X38: calls of other processes, not seen in `Remaining`
    limit_headers_on_errors: bool = True  # X36
    block_status: int = 429  # X40: how the error block shows itself is not known
    clock_skew_seconds: int = 0  # X37: how far the clock of this server is ahead
    enforce_570: bool = True  # X14
    one_chain: bool = True  # X18
    validation_status: int = 500  # X133: 500 or 400
    language: str = "nl"  # X132: nl or en
    int64_as_string: bool = True  # X71
    expands: bool = True  # X47: whether a list shows collections within its rows; otherwise 400
    empty_as_bare_list: bool = False  # X46: every list without rows as {"d":[]}
    current_division: int = company.DIVISION  # X3: what `Me` says; moves with the user's browser
    # X3: what the user opens in the browser, one after another, each before `Me` is read again
    clicked_divisions: tuple[int, ...] = ()
    blocked_division_answer: int = 0  # X89: a status instead of data while blocked; 0 is as usual
    hide_rows: dict[str, int] = field(default_factory=dict)  # R15: lists that miss their last n
    left_out_answer: int = 403  # X31: 403 or 404 for a division that the consent left out
    user_has_rights: bool = True  # X33: whether users/UserHasRights is there; otherwise 404
    missing_rights: tuple[str, ...] = ()  # X30: names of app rights that were not granted
    firm_portal_user: bool = False  # X161: the consent came from a MijnKantoor user
    accept_trimmed_vat_codes: bool = False  # X73: "2" where Exact gave "2  "

    def turn(self, **values: object) -> None:
        """Set switches by name.

        Raises:
            ValueError: there is no such switch, so turning it would test nothing.
        """
        known = {about.name for about in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown switch {name!r}; known are: {', '.join(sorted(known))}")
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
