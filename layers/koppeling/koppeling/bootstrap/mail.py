"""Wires what sends mails; the first mail makes the client."""

from functools import cached_property

from koppeling.auth.login_link import LoginLinks
from koppeling.aws.secrets import LinkSecret
from koppeling.aws.ses import SesMailer
from koppeling.aws.sns import SnsMailer
from koppeling.bootstrap.aws import Aws
from koppeling.bootstrap.observability import report
from koppeling.bootstrap.settings import Settings
from koppeling.bootstrap.stores import Stores
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.mail import Mailer
from koppeling.watch.notifier import KeyOf, Notifier


class Mails:
    """What sends mails to the people of connections."""

    def __init__(
        self,
        settings: Settings,
        aws: Aws,
        stores: Stores,
        key_of: KeyOf,
        now: Now,
    ) -> None:
        self._settings = settings
        self._aws = aws
        self._stores = stores
        self._key_of = key_of
        self._now = now

    @cached_property
    def login_links(self) -> LoginLinks:
        """The links by which a customer's administrator logs in."""
        secret = LinkSecret(self._aws.client("secretsmanager"), self._settings.link_secret)
        return LoginLinks(secret.key, connect_url=self._settings.connect_url, now=self._now)

    @cached_property
    def mailer(self) -> Mailer:
        """What hands a mail to SES; it counts as sent when that returns."""
        settings = self._settings
        return SesMailer(
            lambda: self._aws.sesv2,
            sender=settings.mail_from,
            configuration_set=settings.mail_configuration_set,
        )

    @cached_property
    def notifier(self) -> Notifier:
        """What mails customers that the link waits for a login."""
        return Notifier(
            log=self._stores.notifications,
            send_mail=SnsMailer(lambda: self._aws.sns, self._settings.warning_topic).send,
            login_link=self._login_link,
            connections=self._stores.connections,
            chains=self._stores.tokens,
            key_of=self._key_of,
            report=report,
            now=self._now,
        )

    def _login_link(self, connection: ConnectionId, providers: tuple[str, ...]) -> str:
        # Late: few runs send a mail, and a link needs a client of its own (P9)
        return self.login_links.link(connection, providers)
