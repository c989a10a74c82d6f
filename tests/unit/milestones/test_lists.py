"""M16 to M18: lists in each of their shapes, and one that never ends."""

from typing import Any

import pytest

from koppeling.core.errors import Fatal
from koppeling.milestones.lists import Lists
from koppeling.milestones.transport import Answer, Transport

ROOT = "https://milestones.example/api/V3/odata/"
SOME = [{"Code": "1"}, {"Code": "2"}]


class Server(Transport):
    """Answers each call with the next of its bodies, the last one for ever."""

    def __init__(self, *bodies: Any) -> None:  # noqa: ANN401 - JSON
        self.root = ROOT
        self.bodies = list(bodies)
        self.asked: list[str] = []

    def call(self, method: str, url: str, entity: str, *_: Any) -> Answer:  # noqa: ANN401 - as above
        """Return the next body."""
        assert (method, entity) == ("GET", "VatCode")
        self.asked.append(url.removeprefix(ROOT))
        return Answer(self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0], None)


def test_a_whole_list_without_links_is_read_up_to_an_empty_page() -> None:
    server = Server(SOME, [{"Code": "3"}], [], [{"Code": "3"}])

    rows = list(Lists(server).all("VatCode"))

    assert [row["Code"] for row in rows] == ["1", "2", "3"]
    assert server.asked == [f"VatCode?$top=100&$skip={skip}" for skip in (0, 2, 3, 2)]


def test_a_page_that_is_empty_by_mistake_does_not_end_a_list() -> None:  # M13
    server = Server(SOME, [], [{"Code": "2"}, {"Code": "3"}], [], [{"Code": "3"}])

    assert [row["Code"] for row in Lists(server).all("VatCode")] == ["1", "2", "3"]


def test_a_list_that_becomes_empty_while_it_is_read_is_a_lack_of_rights() -> None:  # M13
    server = Server(SOME, [])

    with pytest.raises(Fatal) as stopped:
        list(Lists(server).all("VatCode"))

    assert stopped.value.code == "milestones-no-rights"


def test_a_whole_list_with_links_is_read_to_the_page_without_one() -> None:
    following = f"{ROOT}VatCode?$skiptoken=2"
    server = Server({"value": SOME, "odata.nextLink": following}, {"value": [{"Code": "3"}]})

    rows = list(Lists(server).all("VatCode"))

    assert [row["Code"] for row in rows] == ["1", "2", "3"]
    assert server.asked[1:] == ["VatCode?$skiptoken=2"]


def test_a_server_that_ignores_skip_is_an_error_after_its_second_equal_page() -> None:
    server = Server(SOME)

    with pytest.raises(Fatal) as stopped:
        list(Lists(server).all("VatCode"))

    assert stopped.value.code == "milestones-contract-changed"
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/V3/odata/VatCode?$skiptoken=2",
        "http://milestones.example/api/V3/odata/VatCode?$skiptoken=2",
        "https://milestones.example:8443/api/V3/odata/VatCode?$skiptoken=2",
        "https://milestones.example@evil.example/api/V3/odata/VatCode",
        "https://milestones.example/api/V3/VatCode",
        f"{ROOT}../../oauth2/oauth2/token",
        f"{ROOT}%2e%2e/oauth2/token",
        f"{ROOT}VatCode/.%2E/../..",
        "https://[no address/api/V3/odata/VatCode",
        "VatCode?$skiptoken=2",
        2,
        {"href": ROOT},
    ],
)
def test_a_link_to_anything_but_the_lists_of_this_server_is_not_followed(link: Any) -> None:  # noqa: ANN401 - JSON
    server = Server({"value": SOME, "odata.nextLink": link}, {"value": []})

    with pytest.raises(Fatal) as stopped:
        list(Lists(server).all("VatCode"))

    assert stopped.value.code == "milestones-contract-changed"
    assert len(server.asked) == 1


def test_a_link_that_came_before_is_not_followed_again() -> None:
    following = f"{ROOT}VatCode?$skiptoken=2"
    server = Server({"value": SOME, "odata.nextLink": following})

    with pytest.raises(Fatal) as stopped:
        list(Lists(server).all("VatCode"))

    assert stopped.value.code == "milestones-contract-changed"
    assert len(server.asked) == 2
