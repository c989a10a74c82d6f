"""Checks and computes the lines of a sales entry: VAT, dimensions, accrual (X107 to X120)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from tests.sandbox.exact_online.lookup import find, one_of
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.texts import Findings
from tests.sandbox.exact_online.values import Row, padded
from tests.sandbox.exact_online.world import World

NOT_FOR_SALES = {20, 24}  # X86: receivable and VAT are booked by Exact itself
FORBIDDEN, MANDATORY = 2, 1  # X86: UseCostcenter, UseCostunit
LONGEST_DESCRIPTION = 60  # X76: cut, never refused
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class LineBook:
    """Turns the lines of a body into lines of an entry, and notes what is wrong."""

    world: World
    switches: Switches
    findings: Findings
    entry_date: datetime

    def line(self, number: int, body: Row) -> Row:
        """Return one line with its amounts."""
        account = self._gl_account(body)
        vat_code = self._vat_code(body, account)
        self._check_accrual(body)
        return (
            {
                "ID": self.world.new_id(),
                "LineNumber": number,
                "Type": 20,
                "GLAccount": account["ID"] if account else None,
                "GLAccountCode": account["Code"] if account else None,
                "GLAccountDescription": account["Description"] if account else None,
                "Description": body.get("Description", "")[:LONGEST_DESCRIPTION] or None,
                "Notes": body.get("Notes"),
                "Quantity": body.get("Quantity", Decimal(1)),
                "From": body.get("From"),
                "To": body.get("To"),
            }
            | self._amounts(number, body, vat_code)
            | self._dimensions(body, account)
        )

    def _gl_account(self, body: Row) -> Row | None:
        wanted = body.get("GLAccount")
        if not wanted:
            self.findings.add("gl-missing")
            return None
        account = one_of(self.world, "GLAccounts", wanted)
        if account is None:
            self.findings.add("gl-unknown", wanted)
        elif account["IsBlocked"] or account["Type"] in NOT_FOR_SALES:
            self.findings.add("gl-type")
        return account

    def _vat_code(self, body: Row, account: Row | None) -> Row | None:
        """X109: a line without a code gets the default of its G/L account."""
        code = body.get("VATCode") or (account or {}).get("VATCode")
        if not code:
            return None
        if self.switches.accept_trimmed_vat_codes:
            code = padded(code, 3)
        found = find(self.world, "VATCodes", "Code", code)
        if found is None or found["IsBlocked"] or found["VATTransactionType"] == "P":
            self.findings.add("vat-unknown")
            return None
        return found

    def _fraction(self, vat_code: Row) -> Decimal:
        """X145: the percentage is that of the row whose dates enclose the entry date."""
        for row in self.world.tables["VatPercentages"]:
            ends = row.get("EndDate") or self.entry_date
            encloses = row["StartDate"] <= self.entry_date <= ends
            if row["VATCodeID"] == vat_code["ID"] and encloses:
                return Decimal(row["Percentage"])
        self.findings.add("vat-percentage")
        return Decimal(0)

    def _amounts(self, number: int, body: Row, vat_code: Row | None) -> Row:
        """X107, X108, X110: what is sent wins; otherwise VAT follows from the code."""
        amount = cents(body.get("AmountFC", Decimal(0)))  # X111: without it 0 is booked
        fraction = self._fraction(vat_code) if vat_code else Decimal(0)
        sent = body.get("VATAmountFC")
        if vat_code is not None and vat_code["Type"] == "I":
            net = cents(amount / (1 + fraction))
            if sent is not None and cents(sent) != amount - net:
                self.findings.add("vat-inclusive", vat_code["Code"].strip(), number)
            amount, vat = net, amount - net
        else:
            vat = cents(amount * fraction) if sent is None else cents(sent)
        return {
            "AmountFC": amount,
            "AmountDC": amount,
            "VATCode": vat_code["Code"] if vat_code else None,
            "VATCodeDescription": vat_code["Description"] if vat_code else None,
            "VATPercentage": fraction,
            "VATAmountFC": vat,
            "VATAmountDC": vat,
            "VATBaseAmountFC": amount,
            "VATBaseAmountDC": amount,
        }

    def _dimensions(self, body: Row, account: Row | None) -> Row:
        """X115: codes for cost centre and unit, a GUID for the project."""
        ledger = account or {}
        center = self._dimension(body, "CostCenter", "Costcenters", ledger.get("UseCostcenter", 0))
        unit = self._dimension(body, "CostUnit", "Costunits", ledger.get("UseCostunit", 0))
        project = None
        if "Project" in body:
            project = one_of(self.world, "Projects", body["Project"])
            if project is None:
                self.findings.add("project-unknown")
        return {
            "CostCenter": center and center["Code"],
            "CostCenterDescription": center and center["Description"],
            "CostUnit": unit and unit["Code"],
            "CostUnitDescription": unit and unit["Description"],
            "Project": project and project["ID"],
            "ProjectDescription": project and project["Description"],
        }

    def _dimension(self, body: Row, name: str, table: str, use: int) -> Row | None:
        text = {"CostCenter": "cost-center", "CostUnit": "cost-unit"}[name]
        code = body.get(name)
        if not code:
            if use == MANDATORY:
                self.findings.add(f"{text}-missing")
            return None
        if use == FORBIDDEN:
            self.findings.add(f"{text}-forbidden")
        found = find(self.world, table, "Code", code)
        ends = found.get("EndDate") if found else None
        if found is None or (ends is not None and ends < self.entry_date):
            self.findings.add(f"{text}-unknown")
        return found

    def _check_accrual(self, body: Row) -> None:
        """X120: From and To are the first and the last day of a month."""
        start, end = body.get("From"), body.get("To")
        if start is None and end is None:
            return
        whole = (
            start is not None
            and end is not None
            and start.day == 1
            and end.day == monthrange(end.year, end.month)[1]
            and start <= end
        )
        if not whole:
            self.findings.add("accrual")
