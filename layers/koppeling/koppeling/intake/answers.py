"""What each operation of the API answers to who may ask it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from koppeling.core.connection import Connection
from koppeling.intake.addresses import ApiCall, Operation, address_of
from koppeling.intake.handing_in import DocumentTaken, HandingIn
from koppeling.intake.http import JSON, ApiAnswer, ApiRequest
from koppeling.intake.looking import RECEIVED, Looking, Wanted, state_of
from koppeling.intake.problem import ApiTrouble, RequestRefused
from koppeling.intake.uploads import PdfUploads
from koppeling.push.contract import MAX_BYTES
from koppeling.push.invoice_row import row_of

type Answering = Callable[[Connection, ApiCall, ApiRequest], ApiAnswer]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers about one connection; `base` is the address of the API."""

    handing_in: HandingIn
    uploads: PdfUploads
    looking: Looking
    base: str

    @property
    def of(self) -> Mapping[Operation, Answering]:
        """What answers each operation that needs a key."""
        return {
            Operation.HAND_IN: self._hand_in,
            Operation.UPLOAD_PDF: self._upload_pdf,
            Operation.SHOW_INVOICE: self._show_invoice,
            Operation.LIST_INVOICES: self._list_invoices,
            Operation.SHOW_STATUS: self._show_status,
            Operation.VALIDATE: self._validate,
        }

    def _hand_in(self, connection: Connection, asked: ApiCall, request: ApiRequest) -> ApiAnswer:
        handed_in = self.handing_in.put(connection, asked.number, _json_of(request))
        item = handed_in.item
        state = state_of(asked.number, None if item is None else row_of(item))
        status = HTTPStatus.OK
        if handed_in.taken is DocumentTaken.PUT:
            status, state["state"] = HTTPStatus.ACCEPTED, RECEIVED
        address = f"{self.base}{address_of(connection.id, asked.number)}"
        notes = list(handed_in.accepted.invoice.notes)
        return ApiAnswer(
            status, {**state, "address": address, "notes": notes}, {"Location": address}
        )

    def _upload_pdf(self, connection: Connection, asked: ApiCall, request: ApiRequest) -> ApiAnswer:
        key, found = self.uploads.address(connection, asked.number, _object_in(request))
        expires = found.expires_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        body = {
            "url": found.url,
            "method": "PUT",
            "headers": dict(found.headers),
            "key": key,
            "expires_at": expires,
        }
        return ApiAnswer(HTTPStatus.OK, body)

    def _show_invoice(
        self, connection: Connection, asked: ApiCall, request: ApiRequest
    ) -> ApiAnswer:
        found = self.looking.invoice(connection, asked.number, request.language)
        return ApiAnswer(HTTPStatus.OK, found)

    def _list_invoices(
        self, connection: Connection, _asked: ApiCall, request: ApiRequest
    ) -> ApiAnswer:
        names = ("state", "since", "cursor")
        wanted = Wanted(**{name: request.query.get(name, "") for name in names})
        return ApiAnswer(HTTPStatus.OK, self.looking.invoices_of(connection, wanted))

    def _show_status(
        self, connection: Connection, _asked: ApiCall, request: ApiRequest
    ) -> ApiAnswer:
        return ApiAnswer(HTTPStatus.OK, self.looking.status(connection, request.language))

    def _validate(self, connection: Connection, _asked: ApiCall, request: ApiRequest) -> ApiAnswer:
        accepted = self.handing_in.validate(connection, _json_of(request))
        notes = list(accepted.invoice.notes)
        return ApiAnswer(HTTPStatus.OK, {"valid": True, "notes": notes, "code": accepted.skip})


def _object_in(request: ApiRequest) -> Mapping[str, object]:
    try:
        found = json.loads(_json_of(request))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RequestRefused(ApiTrouble.NO_JSON)
    return found


def _json_of(request: ApiRequest) -> bytes:
    """Return the body of a request that says it is JSON.

    Raises:
        RequestRefused: it says otherwise, or is larger than any document may be.
    """
    if len(request.body) > MAX_BYTES:
        raise RequestRefused(ApiTrouble.TOO_LARGE)
    if request.media_type != JSON:
        raise RequestRefused(ApiTrouble.NO_JSON_TYPE)
    return request.body
