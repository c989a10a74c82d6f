"""`PEOPLE=50 make bench` at its smallest: every page comes, and its calls are counted."""

from tools.bench.pages import PLACES, Load, measured, show


def test_people_who_read_get_every_page() -> None:
    opened = measured(Load(2, invoices=200, problems=20, seconds=1, reads_for=(0, 0.02), workers=1))

    assert {page.made.status for page in opened} == {200}
    assert max(page.made.calls for page in opened) <= 10  # P17
    assert len({page.screen for page in opened}) <= len(PLACES)
    assert show(opened) in {0, 1}
