"""Wires what writes to people; the first mail makes the client."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from koppeling.auth.login_link import LoginLinks
from koppeling.aws.dynamodb.mail_addresses import MailAddressStore
from koppeling.aws.dynamodb.mail_rounds import DueMailStore, MorningStore, PauseStore
from koppeling.aws.secrets import LinkSecret
from koppeling.aws.ses import SesMailer
from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.aws import Aws
from koppeling.bootstrap.observability import report
from koppeling.bootstrap.settings import Settings
from koppeling.bootstrap.stores import Stores
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.mail import CarefulMailer, Mailer
from koppeling.core.summary import Summary
from koppeling.watch.bounces import Bounces
from koppeling.watch.letters import Letters
from koppeling.watch.messages import FirstLoadRound, LostLoginRound, MorningRound
from koppeling.watch.morning import MorningMail
from koppeling.watch.news import FirstLoadNews, PauseNews
from koppeling.watch.notifier import KeyOf, Notifier
from koppeling.watch.postman import Postman


class Mails:
    """What writes to the people of connections."""

    def __init__(
        self, settings: Settings, aws: Aws, stores: Stores, key_of: KeyOf, now: Now
    ) -> None:
        self._settings = settings
        self._aws = aws
        self._stores = stores
        self._key_of = key_of
        self._now = now
        self.addresses = MailAddressStore(aws.sync_items)

    @cached_property
    def login_links(self) -> LoginLinks:
        """The links by which a customer's administrator logs in."""
        secret = LinkSecret(self._aws.client("secretsmanager"), self._settings.link_secret)
        return LoginLinks(secret.key, connect_url=self._settings.connect_url, now=self._now)

    @cached_property
    def mailer(self) -> Mailer:
        """What hands a mail to SES; it counts as sent when that returns."""
        settings = self._settings
        ses = SesMailer(
            lambda: self._aws.sesv2,
            sender=settings.mail_from,
            configuration_set=settings.mail_configuration_set,
            reply_to=settings.support_mail,
        )
        return CarefulMailer(self.addresses, ses)

    @cached_property
    def postman(self) -> Postman:
        """What keeps to what each person wants, and to so many mails a day."""
        return Postman(
            mailer=self.mailer,
            preferences=self._stores.preferences,
            allowance=self.addresses,
            log=self._stores.log,
            report=report,
            now=self._now,
        )

    @cached_property
    def letters(self) -> Letters:
        """What writes letters."""
        return Letters(f"{self._settings.connect_url}/portal", self._login_link)

    @cached_property
    def notifier(self) -> Notifier:
        """What mails people that something happened."""
        return Notifier(
            log=self._stores.notifications,
            postman=self.postman,
            letters=self.letters,
            due=DueMailStore(self._aws.sync_items, self._now),
            connections=self._stores.connections,
            chains=self._stores.tokens,
            key_of=self._key_of,
            report=report,
            now=self._now,
        )

    @cached_property
    def morning(self) -> MorningMail:
        """What mails people in the morning that something waits."""
        return MorningMail(
            connections=self._stores.connections,
            problems=self._stores.problems,
            readers=MorningStore(self._aws.sync_items),
            postman=self.postman,
            letters=self.letters,
            queue=SqsQueue(self._aws.client("sqs"), self._settings.round_queue_url),
            now=self._now,
            every_day=self._settings.mails_every_day,
        )

    @property
    def bounces(self) -> Bounces:
        """What marks addresses that are not to be written to."""
        return Bounces(
            addresses=self.addresses,
            connections=self._stores.connections,
            log=self._stores.log,
            now=self._now,
        )

    def handle(
        self, message: LostLoginRound | FirstLoadRound | MorningRound, entities: Iterable[str]
    ) -> Summary:
        """Write to the people whom a message is about; `entities` are those that there are."""
        match message:
            case LostLoginRound(key, code, once):
                told = self.notifier.on_login_lost(key, code, once)
                return Summary("watch", "looked", counts={"told": told})
            case FirstLoadRound(connection):
                stores = self._stores
                news = FirstLoadNews(
                    connections=stores.connections,
                    peek=stores.pulls.peek,
                    entities=entities,
                    notifier=self.notifier,
                )
                return news.look(connection)
            case MorningRound(reader):
                return self.morning.send(reader)

    def looks(self, connection: Connection) -> Iterator[Summary]:
        """Look once a day whether something waits in a connection, or how long it is paused."""
        yield self.morning.look(connection)
        pauses = PauseStore(self._aws.sync_items)
        yield PauseNews(pauses, self.notifier, self._now).look(connection)

    def _login_link(self, connection: ConnectionId, providers: tuple[str, ...]) -> str:
        # Late: few runs send a mail, and a link needs a client of its own (P9)
        return self.login_links.link(connection, providers)
