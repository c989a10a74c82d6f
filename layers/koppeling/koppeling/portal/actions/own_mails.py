"""What everybody may choose for himself: which mails to get, and whether they arrive."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from koppeling.core.people import same_mail
from koppeling.core.ports import Allowances, Queue
from koppeling.core.preferences import MailChoice, MailPreferences
from koppeling.portal.menu import CONNECTION
from koppeling.portal.messages import TrialMailRequest
from koppeling.portal.page import GoTo, PageRequest

TRIALS_A_DAY = 3


@dataclass(frozen=True, slots=True)
class OwnMails:
    """Keeps a choice, and sends a mail to who asks for one."""

    preferences: MailPreferences
    allowances: Allowances
    queue: Queue

    def choose(self, request: PageRequest) -> GoTo:
        """Keep which mails this person wants of this connection."""
        wanted = frozenset(choice for choice in MailChoice if request.form.get(choice) == "yes")
        self.preferences.choose(request.connection.id, request.person.mail, wanted)
        return GoTo(CONNECTION, notice="mails-chosen")

    def try_out(self, request: PageRequest) -> GoTo:
        """Send a test mail to whoever presses the button, three times a day at most."""
        connection, mail = request.connection, same_mail(request.person.mail)
        if connection.person(mail) is None:
            return GoTo(CONNECTION, notice="trial-mail-nobody")
        hashed = hashlib.sha256(mail.encode()).hexdigest()
        day = timedelta(days=1)
        if not self.allowances.take(f"trial-mail/{hashed}", TRIALS_A_DAY, day, request.now):
            return GoTo(CONNECTION, notice="trial-mail-enough")
        self.queue.send([(TrialMailRequest(connection=connection.id, mail=mail).as_message(), 0)])
        return GoTo(CONNECTION, notice="trial-mail-sent")
