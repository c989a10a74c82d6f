"""The nine entities of M53: the one table that validation, storage and `$metadata` are driven by.

Fields after the words "unknown to the link" stand for what a tenant has beyond the public
contract: a client must send them back as they came (M22). What is marked as required is what a
client must send to create a record, so the link has a default for each such field (M26).
"""

from tests.sandbox.qics_milestones.schema import (
    Entity,
    Field,
    Kind,
    choice,
    entity,
    flag,
    number,
    reference,
    text,
    texts,
)

_ADDRESS = (
    *("Address1", "Address2", "Address3", "ZipCode", "City", "County", "Country", "CountryCode"),
    *("ContactPerson", "EmailAddress", "PhoneNumber"),
)

CUSTOMER_COMPANY = entity(
    "CustomerCompany",
    "CustomerCode",
    (
        reference("CompanyId", "Company"),
        Field("CustomerId", Kind.INT64, made=True),
        text("CustomerCode", required=True),
        text("Name", required=True, max_length=50),
        flag("IsActive", required=True),
        choice("CustomerType", "Customer", "Prospect", "Internal"),
        number("CategoryId"),
        reference("CostCenterId", "CostCenter"),
        reference("VatCodeId", "VatCode"),
        reference("PaymentConditionId", "PaymentCondition"),
        reference("InvoiceCustomerCompanyId", "CustomerCompany"),
        reference("ManagerEmployeeCompanyId", "EmployeeCompany"),
        *texts("VisitAddress", *_ADDRESS),
        flag("InvoiceAddressSameAsVisitAddress"),
        *texts("InvoiceAddress", *_ADDRESS),
        *texts("", "EmailAddressTo", "EmailAddressCc", "VatNumber", "ChamberOfCommerceNumber"),
        number("PriceIndex", Kind.DECIMAL),
        number("InvoiceLayoutId"),
        choice("SendInvoiceMethod", "Email", "Post", "Portal"),
        # unknown to the link
        *texts("", "Remarks", "ExternalReference"),
        flag("IsRemarkShownOnTimesheet"),
        number("CreditLimit", Kind.DECIMAL),
        Field("Attributes", Kind.JSON),
    ),
)

COST_CENTER = entity(
    "CostCenter",
    "Code",
    (
        reference("CompanyId", "Company"),
        text("Code", required=True),
        text("Name", required=True),
        flag("IsActive"),
        # unknown to the link
        text("ResponsibleName"),
    ),
)

EMPLOYEE_COMPANY = entity(
    "EmployeeCompany",
    "EmployeeNumber",
    (
        reference("CompanyId", "Company"),
        number("EmployeeNumber", Kind.INTEGER),
        text("FirstName", required=True),
        text("MiddleName"),
        text("LastName", required=True),
        *texts("", "EmailAddress", "PhoneNumber"),
        flag("IsActive", required=True),
        number("NormHoursPerWeek", Kind.DECIMAL, required=True),
        # unknown to the link
        number("CostPrice", Kind.DECIMAL),
    ),
)

ITEM_COMPANY = entity(
    "ItemCompany",
    "ItemCode",
    (
        reference("CompanyId", "Company"),
        text("ItemCode", required=True),
        text("Name", required=True),
        text("LongDescription"),
        flag("IsActive", required=True),
        choice("ItemType", "Time", "Article", required=True),
        text("GLAccountRevenue"),
        reference("VatCodeId", "VatCode"),
        flag("WillBeInvoiced", required=True),
        flag("AllowTimeEntry", required=True),
        flag("AllowPriceModifications", required=True),
        number("ItemGroupId"),
        number("ItemId"),
        number("ItemHyperlinkCountsId"),
        reference("SurchargeItemCompanyId", "ItemCompany"),
        number("SurchargePercentage", Kind.DECIMAL),
        # unknown to the link
        text("Remarks"),
    ),
)

PROJECT = entity(
    "Project",
    "ProjectCode",
    (
        Field("CompanyId", Kind.INT64, required=True, refers_to="Company"),
        *texts("", "ProjectCode", "Name", "LongDescription"),
        # M56: a project always belongs to a customer.
        reference("CustomerCompanyId", "CustomerCompany", required=True),
        Field("StartDate", Kind.DAY),
        Field("EndDate", Kind.DAY),
        flag("IsActive", required=True),
        reference("CostCenterId", "CostCenter"),
        flag("AllowPlanning", required=True),
        flag("HideBudgetsOnTimesheet", required=True),
        flag("IsContractReceived", required=True),
        flag("IsBudgetMandatoryOnTimeEntry", required=True),
        # unknown to the link
        Field("Attributes", Kind.JSON),
    ),
)

VAT_CODE = entity(
    "VatCode",
    "Code",
    (
        text("Code", required=True),
        text("Name", required=True),
        number("Percentage", Kind.DECIMAL, required=True),
        flag("IsDefault", required=True),
        flag("ReverseCharge"),
        choice("IcpReturn", "Services", "Goods", "Triangulation"),
        # unknown to the link
        text("TextOnInvoice"),
    ),
)

PAYMENT_CONDITION = entity(
    "PaymentCondition",
    "Code",
    (
        reference("CompanyId", "Company"),
        text("Code", required=True),
        text("Name", required=True),
        number("TermsInDays", Kind.INTEGER),
        # unknown to the link
        text("TextOnInvoice"),
    ),
)

ENTITY_STATE = entity(
    "EntityState",
    "DataSourceKey",
    (
        reference("CompanyId", "Company"),
        number("EntityId"),
        choice("EntityType", "General", "Invoice", "Customer"),
        text("DataSource", required=True),
        text("DataSourceKey"),
        Field("DataSourceDate", Kind.STAMP, required=True),
        flag("IsError", required=True),
        text("Message"),
    ),
)

COMPANY = entity(
    "Company",
    "Code",
    (
        text("Name", required=True),
        text("Code", required=True),
        number("CurrencyId", required=True),
        text("InvoiceNumberPrefix"),
        number("InvoiceNumberLength", Kind.INTEGER),
        number("InvoiceNumberCounter"),
        choice("VatAmountSumMode", "PerLine", "OverSum"),
        choice("DefaultInvoiceSendMethod", "Email", "Post", "Portal"),
        *texts("VisitAddress", *_ADDRESS),
    ),
)

ENTITIES: dict[str, Entity] = {
    row.name: row
    for row in (
        *(CUSTOMER_COMPANY, COST_CENTER, EMPLOYEE_COMPANY, ITEM_COMPANY, PROJECT),
        *(VAT_CODE, PAYMENT_CONDITION, ENTITY_STATE, COMPANY),
    )
}
