"""What a customer chose, and what holds where nothing was chosen."""

import pytest

from koppeling.core.connection import EntitySetting, InvoiceEmail
from tests.unit.pull.builders import a_connection


def test_an_entity_that_was_not_chosen_is_on_every_quarter_of_an_hour() -> None:
    assert a_connection().setting("accounts") == EntitySetting(enabled=True, interval_minutes=15)


def test_an_entity_is_as_it_was_chosen_and_leaves_the_others_alone() -> None:
    chosen = EntitySetting(enabled=False, interval_minutes=60)
    connection = a_connection(entities={"accounts": chosen})
    assert connection.setting("accounts") == chosen
    assert connection.setting("items").enabled


def test_invoices_go_to_the_address_of_the_account_unless_the_customer_chose_otherwise() -> None:
    assert a_connection().invoice_email is InvoiceEmail.ACCOUNT


@pytest.mark.parametrize(
    "host", ["start.exactonline.nl.example", "exactonline.nl", "", "127.0.0.1"]
)
def test_a_host_that_is_not_of_exact_online_is_refused_with_the_known_hosts(
    host: str,
) -> None:
    with pytest.raises(ValueError, match=r"start\.exactonline\.nl"):
        a_connection(exact_host=host)
