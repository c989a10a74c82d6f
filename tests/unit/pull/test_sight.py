"""M13: a role without rights sees empty lists, so nothing is created before it is sure to see."""

from collections.abc import Callable

import pytest

from koppeling.core.errors import Fatal, Retry
from koppeling.core.ids import MilestonesId
from koppeling.pull.sight import Sight
from tests.unit.pull.fakes import FakeMilestones


class Scene:
    """A role, what it sees, and what was made."""

    def __init__(self, *, linked: bool = False) -> None:
        self.milestones = FakeMilestones()
        self.looks = 0
        self.linked = linked
        self.made: list[str] = []
        self.sight = Sight("accounts", self.milestones, self._known)

    def _known(self) -> bool:
        self.looks += 1
        return self.linked

    def make(self, code: str, *, seen: bool = True) -> Callable[[], MilestonesId]:
        """Return what makes a record, which the role may not see."""

        def made() -> MilestonesId:
            self.made.append(code)
            key = MilestonesId(f"key-{code}")
            if seen:
                self.milestones.put("accounts", key, CustomerCode=code)
            return key

        return made

    def refused(self, act: Callable[[], object]) -> str:
        """Return why the role was refused."""
        with pytest.raises(Fatal) as meant:
            act()
        assert meant.value.code == "milestones-no-rights"
        assert meant.value.values == {"entity": "accounts"}
        return meant.value.detail


def test_where_a_record_is_visible_others_are_made_without_a_look_at_each() -> None:
    scene = Scene()
    scene.milestones.put("accounts", "1", CustomerCode="1")

    assert scene.sight.create("2", scene.make("2", seen=False)) == "key-2"
    scene.milestones.rows.clear()
    assert scene.sight.create("3", scene.make("3", seen=False)) == "key-3"

    assert (scene.looks, scene.milestones.calls) == (0, [])


@pytest.mark.parametrize(("linked", "company"), [(True, True), (False, False), (True, False)])
def test_an_empty_list_that_cannot_be_empty_is_a_missing_right(
    *, linked: bool, company: bool
) -> None:
    scene = Scene(linked=linked)
    scene.milestones.company = company

    assert "no accounts is visible" in scene.refused(
        lambda: scene.sight.create("1", scene.make("1"))
    )
    assert "no accounts is visible" in scene.refused(scene.sight.check)
    assert scene.made == []


def test_the_first_record_of_an_empty_list_must_be_seen_before_a_second_is_made() -> None:
    scene = Scene()

    assert scene.sight.create("1", scene.make("1")) == "key-1"
    assert scene.milestones.calls == ["find 1"]
    assert scene.sight.create("2", scene.make("2", seen=False)) == "key-2"
    assert scene.milestones.calls == ["find 1"], "later ones are not looked for"
    assert scene.looks == 1


def test_a_first_record_that_is_not_seen_is_the_last_one() -> None:
    scene = Scene()

    detail = scene.refused(lambda: scene.sight.create("1", scene.make("1", seen=False)))

    assert "a new accounts is not visible" in detail
    assert scene.made == ["1"]
    scene.linked = True
    scene.refused(lambda: scene.sight.create("2", scene.make("2")))
    assert scene.made == ["1"], "it is linked by now, so an empty list is a missing right"


def test_a_first_record_that_could_not_be_made_leaves_the_question_open() -> None:
    scene = Scene()

    def fails() -> MilestonesId:
        raise Retry("milestones-unavailable")

    with pytest.raises(Retry):
        scene.sight.create("1", fails)
    scene.linked = True

    scene.refused(scene.sight.check)


def test_a_look_without_making_anything_is_taken_once() -> None:
    scene = Scene()

    scene.sight.check()
    scene.sight.check()

    assert scene.looks == 1
    assert scene.sight.create("1", scene.make("1")) == "key-1"
    assert scene.milestones.calls == ["find 1"], "it is the first one still"
