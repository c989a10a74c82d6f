"""A mail that SES does not take is tried again, as long as what it tells is true."""

from koppeling.auth.oauth import EXACT
from tests.environment import MARIT, environment
from tests.integration.test_tokens_watched import GONE, addressed
from tests.mailbox import refusal


def test_a_mail_that_ses_does_not_take_harms_no_run_and_goes_out_a_quarter_later() -> None:
    with environment(accounts=4) as h:
        h.mailbox.errors = [refusal("TooManyRequestsException")]
        h.exact.authority.revoke(h.connection.exact_user)
        assert h.next_tick().outcome == GONE
        assert h.mails() == []

        h.clock.advance(900)
        h.wiring.mails.notifier.try_again()
        h.wiring.mails.notifier.try_again()
        assert addressed(h) == [MARIT.mail]


def test_a_mail_about_a_login_that_was_made_meanwhile_is_not_sent_any_more() -> None:
    with environment(accounts=4) as h:
        h.mailbox.errors = [refusal("TooManyRequestsException")]
        h.exact.authority.revoke(h.connection.exact_user)
        h.next_tick()
        assert h.mails() == []

        h.clock.advance(900)
        h.log_in(EXACT)
        h.wiring.mails.notifier.try_again()
        assert h.mails() == []
