"""The cases, in an order in which each finds what the ones before it left."""

from functools import partial

from koppeling.pull.entities.registry import ENTITIES
from tools.stack.cases import mails, others, pulls
from tools.stack.cases.workplace import Case


def _pull_of(entity: str) -> str:
    return "Pull" + "".join(word.title() for word in entity.split("_")) + "Function"


# In the order of a first load (L12); of the events of one entity the direct one comes first
CASES: tuple[Case, ...] = (
    *(
        Case(
            _pull_of(entity),
            f"pull_{entity}_direct"
            if entity in {"accounts", "vat_codes"}
            else "pull_accounts_direct",
            partial(pulls.entity_came, entity),
        )
        for entity in ENTITIES
    ),
    Case("PullVatCodesFunction", "pull_vat_codes_tick", pulls.vat_code_queued),
    Case("PullAccountsFunction", "pull_accounts_tick", pulls.customer_queued),
    Case("PullAccountsFunction", "pull_accounts_message", pulls.customer_changes),
    Case("PullAccountsFunction", "pull_accounts_preview", pulls.customer_foretold),
    Case("PullAccountsFunction", "pull_accounts_full", pulls.customer_changes),
    Case("PullAccountsFunction", "pull_accounts_comparison", pulls.all_compared),
    Case("PullAccountsFunction", "pull_accounts_undo_preview", pulls.undo_foretold),
    Case("PushSalesEntriesFunction", "push_sales_entries_created", others.invoice_booked),
    Case("PushSalesEntriesFunction", "push_sales_entries_test_event", others.nothing_booked),
    Case("WatchFunction", "watch_check", others.both_asked),
    Case("WatchFunction", "watch_daily", others.stray_told),
    Case("WatchFunction", "watch_dead_letters", others.dead_letter_told),
    Case("WatchFunction", "watch_morning", mails.morning_mail_sent),
    Case("WatchFunction", "watch_bounce", mails.address_marked),
    Case("WatchFunction", "watch_complaint", mails.address_marked),
    Case("WatchFunction", "watch_reconcile", others.month_agrees),
    Case("WatchFunction", "watch_beside", others.entry_laid_beside),
    Case("WatchFunction", "watch_tokens", others.pair_written),
    Case("ConnectFunction", "connect_invitation", others.invited),
    Case("ConnectFunction", "connect_callback", others.logged_in),
    Case("PortalFunction", "portal_page", others.sent_to_sign_in),
    Case("PortalFunction", "portal_sign_in", others.link_asked_for),
    Case("IntakeFunction", "intake_status", others.key_asked_for),
)
