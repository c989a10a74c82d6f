"""Which mails people want: one small item for each person and connection that chose."""

import hashlib

from koppeling.aws.dynamodb.table import SyncItem, SyncStore, connection_key, find
from koppeling.core.ids import ConnectionId
from koppeling.core.people import same_mail
from koppeling.core.preferences import MailChoice

# What somebody does not want, so that a kind of mail of a later release is sent until it is refused
_UNWANTED = "unwanted"


class PreferenceStore(SyncStore):
    """Keeps them below their connection; the key holds a hash in place of the address."""

    def wanted(self, connection: ConnectionId, mail: str) -> frozenset[MailChoice]:
        key = self._item(connection, mail)
        item = find(self._items, key.pk, key.sk, consistent_read=True)
        unwanted = () if item is None else item.data[_UNWANTED]
        return frozenset(choice for choice in MailChoice if choice not in unwanted)

    def choose(self, connection: ConnectionId, mail: str, wanted: frozenset[MailChoice]) -> None:
        unwanted = sorted(choice for choice in MailChoice if choice not in wanted)
        self._update(self._item(connection, mail), [self._items.data.set({_UNWANTED: unwanted})])

    def _item(self, connection: ConnectionId, mail: str) -> SyncItem:
        digest = hashlib.sha256(same_mail(mail).encode()).hexdigest()[:32]
        return self._items(connection_key(connection), f"PREFERENCES#{digest}")
