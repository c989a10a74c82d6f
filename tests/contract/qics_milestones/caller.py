"""A caller without manners of its own: it sends what a test says, with a token that lives."""

from typing import Any

from werkzeug.test import TestResponse

from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.state import API_PATH, TOKEN_PATH

JSON = "application/json"

CUSTOMER: dict[str, Any] = {
    "CustomerCompanyId": "0",
    "CompanyId": "1",
    "CustomerCode": "2001",
    "Name": "Drukkerij De Waal",
    "IsActive": True,
}
"""The least that QM takes for a customer; its key is made by the server."""


class Caller:
    """Calls one sandbox in this process, without a socket in between."""

    def __init__(self, sandbox: MilestonesSandbox) -> None:
        self._client = sandbox.app.test_client()
        self._app = sandbox.app_credentials
        pair = self.token(grant_type="authorization_code", code=sandbox.authorise())
        self.headers = {
            "Authorization": f"Bearer {pair.get_json()['access_token']}",
            "Accept": JSON,
        }

    def token(self, **fields: str) -> TestResponse:
        """Make a token call as this client, with the fields that the test adds or replaces."""
        return self._client.post(TOKEN_PATH, data={**self._app._asdict(), **fields})

    def call(
        self,
        method: str,
        resource: str,
        *,
        body: Any = None,  # noqa: ANN401 - a test sends what it likes
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """Call an address of the API."""
        return self._client.open(
            API_PATH + resource,
            method=method,
            json=body,
            query_string=query,
            headers={**self.headers, **(headers or {})},
        )

    def rows(self, entity: str, **query: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - likewise
        """Return the rows of one page; options go by their name without the dollar sign."""
        options = {f"${name}": value for name, value in query.items()}
        rows: list[dict[str, Any]] = self.call("GET", entity, query=options).get_json()["value"]
        return rows

    def create(self, entity: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create a record that QM is expected to take."""
        response = self.call("POST", entity, body=body)
        if response.status_code != 201:  # noqa: PLR2004 - created
            raise ValueError(response.get_data(as_text=True))
        created: dict[str, Any] = response.get_json()
        return created

    def read(self, entity: str, key: str) -> dict[str, Any]:
        """Return one record."""
        record: dict[str, Any] = self.call("GET", f"{entity}({key})").get_json()
        return record
