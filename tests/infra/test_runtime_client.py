"""Built functions under Lambda's own runtime client, with our two layers and nothing else."""

import re
from pathlib import Path

import pytest

from tests.infra.pulls import PULLS
from tests.infra.template import Json
from tools.paths import ROOT
from tools.stack.runtime import run

PROBE = """
import boto3, botocore, oauthlib, pynamodb, requests, requests_oauthlib
import aws_lambda_powertools, fastjsonschema

def handler(event, context):
    boto3.Session(region_name="eu-central-1").client(event["service"])
    packages = (boto3, botocore, pynamodb, requests)
    return {
        "versions": {"boto3": boto3.__version__, "botocore": botocore.__version__},
        "places": {package.__name__: package.__file__ for package in packages},
    }
"""


def pinned(package: str) -> str:
    requirements = (ROOT / "layers" / "dependencies" / "requirements.txt").read_text()
    found = re.search(rf"^{package}==(\S+)", requirements, re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def loaded(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What a function finds when the runtime has an older boto3 of its own, as Lambda's has."""
    assert built.exists()
    code = tmp_path_factory.mktemp("Probe")
    (code / "app.py").write_text(PROBE)
    runtime = tmp_path_factory.mktemp("runtime")
    for package in ("boto3", "botocore"):
        (runtime / package).mkdir()
        (runtime / package / "__init__.py").write_text('__version__ = "0.0.1"')
    outcome = run(code, {"service": "dynamodb"}, behind_layers=runtime)
    assert outcome.error is None, outcome.payload
    return outcome.payload


def test_boto3_and_botocore_are_ours_and_not_those_of_the_runtime(loaded: Json) -> None:
    assert loaded["versions"] == {name: pinned(name) for name in ("boto3", "botocore")}


def test_every_third_party_package_comes_from_the_dependencies_layer(
    loaded: Json, built: Path
) -> None:
    layer = str(built / "DependenciesLayer" / "python")

    assert [place for place in loaded["places"].values() if not place.startswith(layer)] == []


@pytest.mark.parametrize(
    "service", ["dynamodb", "kms", "s3", "secretsmanager", "sesv2", "sqs", "ssm", "sts"]
)
def test_a_client_of_every_service_we_use_can_be_made_from_the_trimmed_botocore(
    built: Path, tmp_path: Path, service: str
) -> None:
    assert built.exists()
    (tmp_path / "app.py").write_text(PROBE)

    assert run(tmp_path, {"service": service}).error is None


@pytest.mark.parametrize(
    "function", [*(pull.function for pull in PULLS), "PushSalesEntriesFunction", "WatchFunction"]
)
def test_a_built_function_starts_with_nothing_but_its_layers(built: Path, function: str) -> None:
    """It has no settings here, so it may complain of those, but not of an import or its handler."""
    outcome = run(built / function, {})

    assert not str(outcome.error).startswith("Runtime."), outcome.payload


def test_a_missing_dependency_would_be_seen(built: Path, tmp_path: Path) -> None:
    assert built.exists()
    (tmp_path / "app.py").write_text("import flask\n\ndef handler(event, context): ...\n")

    assert run(tmp_path, {}).error == "Runtime.ImportModuleError"
