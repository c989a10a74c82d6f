"""What Exact says when it refuses content, in Dutch and in English (exact-online.md 10.1).

Texts without a known original are worded like the known ones.
"""

from dataclasses import dataclass, field

from tests.sandbox.exact_online.errors import BusinessError

TEXTS: dict[str, tuple[str, str]] = {
    "journal-missing": ("Verplicht: Dagboek", "Mandatory: Diary"),  # X138
    "journal-unknown": ("Ongeldige referentie: Journals", "Invalid reference: Journals"),  # X138
    "journal-type": ("Ongeldig: Dagboek (type)", "Invalid: Journal (type)"),  # X139
    "journal-blocked": ("Ongeldig: Dagboek (geblokkeerd)", "Invalid: Journal (blocked)"),
    "debtor-account": (  # X140
        (
            "De klantenrekening van deze relatie is niet gelijk aan de rekening van het gebruikte"
            " verkoopdagboek"
        ),
        "The accounts receivable of this account differs from the account of the sales journal",
    ),
    "customer-missing": ("Verplicht: Klant", "Mandatory: Relationship"),  # X137
    "customer-unknown": (  # X142
        "Klant werd niet gevonden in Exact",
        "Customer was not found in Exact",
    ),
    "customer-type": ("Ongeldig: Klant (Type)", "Invalid: Customer (Type)"),  # X141
    "customer-blocked": ("Ongeldig: Klant (Geblokkeerd)", "Invalid: Customer (Blocked)"),
    "customer-ended": ("Ongeldig: Klant (Einddatum)", "Invalid: Customer (End date)"),
    "vat-number": ("Invalid VAT number", "Invalid VAT number"),  # X147
    "lines-missing": ("Verplicht: Boekingsregels", "Mandatory: Entry lines"),
    "gl-missing": ("Verplicht: Grootboekrekening", "Mandatory: G/L account"),
    "gl-unknown": (  # X150
        "Grootboek {value} niet gevonden in Exact",
        "G/L account {value} not found in Exact",
    ),
    "gl-type": ("Ongeldig: Grootboekrekeningtype", "Invalid: G/L account type"),  # X151
    "vat-unknown": ("Ongeldige referentie: Btw-code", "Invalid reference: VAT code"),  # X144
    "vat-percentage": ("Ongeldig: Btw-percentage []", "Invalid: VAT percentage []"),  # X145
    "vat-inclusive": (  # X146
        (
            "Invoer {line}: Het bedrag van de BTW regel met BTW code {value} komt niet overeen met"
            " het totaal aan BTW-bedragen in de grondslagregels"
        ),
        (
            "Entry {line}: The amount of the VAT line with VAT code {value} does not match the"
            " total of the VAT amounts in the base lines"
        ),
    ),
    "condition-unknown": (  # X148
        "Ongeldige referentie: Betalingsconditie",
        "Invalid reference: Payment condition",
    ),
    "condition-missing": ("Verplicht: Betalingsconditie", "Mandatory: Payment condition"),  # X149
    "cost-center-unknown": (  # X152
        "Ongeldige referentie: Kostenplaats",
        "Invalid reference: Cost center",
    ),
    "cost-center-missing": ("Verplicht: Kostenplaats", "Mandatory: Cost center"),  # X115
    "cost-center-forbidden": ("Niet toegestaan: Kostenplaats", "Not allowed: Cost center"),
    "cost-unit-unknown": ("Ongeldige referentie: Kostendrager", "Invalid reference: Cost unit"),
    "cost-unit-missing": ("Verplicht: Kostendrager", "Mandatory: Cost unit"),
    "cost-unit-forbidden": ("Niet toegestaan: Kostendrager", "Not allowed: Cost unit"),
    "project-unknown": ("Ongeldige referentie: Project", "Invalid reference: Project"),  # X153
    "currency-unknown": ("Ongeldige referentie: Valuta", "Invalid reference: Currency"),
    "exchange-rate": ("Niet toegestaan: Wisselkoers", "Not allowed: Exchange rate"),  # X154
    "period-closed": ("Periode is afgesloten: {value}", "Period is closed: {value}"),  # X155
    "year-unknown": (  # X156
        "Onbekend: Boekjaar (Periode-datum tabel)",
        "Unknown: Fiscal year (Period - date table)",
    ),
    "exists": ("Gegeven bestaat reeds", "Data already exists"),  # X158
    "topic-unknown": ("Ongeldige referentie: Onderwerp", "Invalid reference: Topic"),
    "callback-refused": ("Ongeldig: CallbackURL", "Invalid: CallbackURL"),  # X174, X176
    "number-in-use": ("In gebruik: Boekstuknummer.", "In use: Entry number."),  # X157
    "reference-length": ("Ongeldig: Uw ref. (lengte)", "Invalid: Your ref. (length)"),  # X76
    "accrual": ("Ongeldig: Van - Tot", "Invalid: From - To"),  # X120
    "document-type-not-allowed": ("Document Type not allowed", "Document Type not allowed"),  # X161
    "document-unknown": ("Ongeldige referentie: Document", "Invalid reference: Document"),
    "entry-unknown": ("Ongeldige referentie: Boeking", "Invalid reference: Entry"),
    "subject-missing": ("Verplicht: Onderwerp", "Mandatory: Subject"),
    "type-missing": ("Verplicht: Type", "Mandatory: Type"),
    "type-unknown": ("Ongeldige referentie: Type", "Invalid reference: Type"),
    "file-name-missing": ("Verplicht: Bestandsnaam", "Mandatory: File name"),
    "file-missing": ("Verplicht: Bijlage", "Mandatory: Attachment"),
    "file-too-large": ("Ongeldig: Bestandsgrootte", "Invalid: File size"),  # X41
}


@dataclass(slots=True)
class Findings:
    """Everything that is wrong with one POST: all of it is told at once (X132)."""

    language: str
    texts: list[str] = field(default_factory=list)

    def add(self, key: str, value: object = "", line: int = 0) -> None:
        """Note one finding; the same text is told once."""
        dutch, english = TEXTS[key]
        text = (english if self.language == "en" else dutch).format(value=value, line=line)
        if text not in self.texts:
            self.texts.append(text)

    def close(self) -> None:
        """End the checks.

        Raises:
            BusinessError: something was found.
        """
        if self.texts:
            raise BusinessError(tuple(self.texts))
