"""Items: what invoices sell, as many more as asked for, and some that the link leaves alone."""

from datetime import UTC, datetime
from math import ceil
from random import Random

from tests.sandbox.common import company
from tests.sandbox.exact_online.generator.masters import master_id, set_up
from tests.sandbox.exact_online.values import Row, padded
from tests.sandbox.exact_online.world import World

START = datetime(2024, 1, 1, tzinfo=UTC)
ENDED = datetime(2025, 12, 31, tzinfo=UTC)
ENDS_ONE_DAY = datetime(2099, 12, 31, tzinfo=UTC)
STARTS_ONE_DAY = datetime(2099, 1, 1, tzinfo=UTC)
GROUP = "VERKOOP"
KINDS = ("Workshop", "Rapportage", "Licentie", "Begeleiding", "Onderzoek", "Audit")
REVENUES = ("8000", "8005", "8020", "8090", None)
SHARE_OF_OTHERS = 0.05
LONGEST = 255  # X76: Items.ExtraDescription

# What makes an item one that the link does not create (L 3.5).
OTHERS: tuple[Row, ...] = (
    {"EndDate": ENDED},
    {"IsSalesItem": False, "IsPurchaseItem": True},
    {"StartDate": STARTS_ONE_DAY},
)


def make_items(world: World, count: int, random: Random) -> None:
    """Add `count` items that are sold today, on VAT codes and revenue accounts that exist."""
    for article in company.ARTICLES:
        set_up(world, "Items", item_of(article))
    for number in range(len(company.ARTICLES), count):
        set_up(world, "Items", _drawn(number, random))
    for number in range(max(len(OTHERS), ceil(count * SHARE_OF_OTHERS))):
        other = _drawn(count + number, random) | OTHERS[number % len(OTHERS)]
        set_up(world, "Items", other)


def item_of(article: company.Article) -> Row:
    """Return the row of an article; without a revenue account it follows its group."""
    revenue = article.revenue
    return {
        "ID": master_id("item", article.code),
        "Code": article.code,
        "Description": article.description,
        "StartDate": START,
        "IsSalesItem": True,
        "IsTime": int(article.is_time),
        "IsStockItem": False,
        "Unit": padded("uur" if article.is_time else "stuk", 8),  # X73
        "UnitDescription": "Uur" if article.is_time else "Stuk",
        "UnitType": "T" if article.is_time else "O",
        "GLRevenue": revenue and master_id("gl", revenue),
        "GLRevenueCode": revenue,
        "SalesVatCode": padded(article.vat_code, 3),
        "ItemGroup": master_id("group", GROUP),
        "ItemGroupCode": GROUP,
        "ItemGroupDescription": "Verkoop",
    }


def _drawn(number: int, random: Random) -> Row:
    kind = random.choice(KINDS)
    article = company.Article(
        code=f"ART{number:05d}",
        description=f"{kind} {number}",
        revenue=random.choice(REVENUES),
        vat_code=random.choice(("2", "2", "1", "7")),
        is_time=random.random() < 0.4,  # noqa: PLR2004 - the share that is time
    )
    row = item_of(article)
    draw = random.random()
    if draw < 0.3:  # noqa: PLR2004 - the share with a long text
        row["ExtraDescription"] = f"{kind} op maat:  inclusief voorbereiding\r\nen verslag. " * 5
        row["ExtraDescription"] = row["ExtraDescription"][:LONGEST]
    if draw > 0.8:  # noqa: PLR2004 - the share that will end one day
        row["EndDate"] = ENDS_ONE_DAY
    if draw > 0.95:  # noqa: PLR2004 - the share without a VAT code
        row["SalesVatCode"] = None
    return row
