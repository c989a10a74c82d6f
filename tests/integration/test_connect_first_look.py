"""A new connection that both systems have let in makes its first preview by itself."""

from koppeling.core.clock import Deadline
from koppeling.core.connection import EntitySetting
from koppeling.pull.entities.registry import ENTITIES
from tests.environment import Environment
from tests.integration.test_connect import h, invited

__all__ = ["h"]


def test_the_last_login_of_a_new_connection_asks_for_its_first_preview(h: Environment) -> None:
    off = {each: EntitySetting(enabled=False) for each in ENTITIES if each != "accounts"}
    h.change(started=False, entities=off)
    browser = invited(h)
    browser.press()
    browser.log_in()
    browser.press()
    browser.log_in()

    assert "maakt de koppeling een voorbeeld" in browser.text
    (asked,) = h.taken(h.settings.pull_queue_url)
    assert asked["by_hand"] == "preview"
    message = {name: str(value) for name, value in asked.items()}
    assert h.pulls().handle_message(message, Deadline(lambda: 100_000)).outcome == "previewed"
    assert h.wiring.stores.previews.of(h.connection.id)["accounts"].counts["new"] > 0
