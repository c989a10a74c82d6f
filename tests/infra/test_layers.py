import re
from pathlib import Path

import pytest

from tools.bench.sizes import MEGABYTE, unzipped_size, zipped_size
from tools.paths import ROOT, architecture

SERVICES = ["dynamodb", "kms", "s3", "secretsmanager", "sesv2", "sqs", "ssm", "sts"]
MACHINES = {"x86_64": 0x3E, "arm64": 0xB7}  # as ELF numbers processors
PACKAGE = ROOT / "layers" / "koppeling" / "koppeling"
# Runs at an operator's, never in Lambda
OF_OPERATORS = ("cli",)


@pytest.fixture(params=["DependenciesLayer", "KoppelingLayer"])
def layer(request: pytest.FixtureRequest, built: Path) -> Path:
    return built / str(request.param)


def test_a_layer_stays_within_its_budget(layer: Path) -> None:  # P13
    assert zipped_size(layer) < 20 * MEGABYTE
    assert unzipped_size(layer) < 60 * MEGABYTE


def test_every_module_of_a_layer_is_compiled_so_that_a_cold_start_compiles_nothing(
    layer: Path,
) -> None:
    for source in (layer / "python").rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        assert compiled.exists(), source
        # Bits 0 and 1 (PEP 552): by hash, and not checked against the source at import.
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == 0b01, source


def test_a_layer_holds_nothing_but_python_on_its_path(layer: Path) -> None:
    assert [entry.name for entry in layer.iterdir()] == ["python"]
    assert not list(layer.rglob("tests"))
    assert not list(layer.rglob("*.dist-info/RECORD"))


def test_the_dependencies_are_exactly_those_that_are_pinned(built: Path) -> None:
    pinned = re.findall(
        r"^([a-z0-9-]+)==(\S+)",
        (ROOT / "layers" / "dependencies" / "requirements.txt").read_text(),
        re.MULTILINE,
    )
    installed = {
        folder.name.removesuffix(".dist-info").lower().replace("_", "-")
        for folder in (built / "DependenciesLayer" / "python").glob("*.dist-info")
    }

    assert installed == {f"{name}-{version}" for name, version in pinned}


def test_botocore_knows_the_services_we_use_and_no_others(built: Path) -> None:
    data = built / "DependenciesLayer" / "python" / "botocore" / "data"

    assert sorted(entry.name for entry in data.iterdir() if entry.is_dir()) == SERVICES
    assert (data / "endpoints.json").exists()


def test_compiled_libraries_are_for_the_processor_the_functions_run_on(built: Path) -> None:
    libraries = list((built / "DependenciesLayer").rglob("*.so"))

    machines = {int.from_bytes(library.read_bytes()[18:20], "little") for library in libraries}

    assert machines <= {MACHINES[architecture()]}


def test_our_package_travels_whole_with_its_data_files_but_for_the_command_line(
    built: Path,
) -> None:
    def files(top: Path) -> set[str]:
        return {
            str(path.relative_to(top))
            for path in top.rglob("*")
            if path.is_file()
            and path.suffix != ".pyc"
            and not any(path.is_relative_to(PACKAGE / part) for part in OF_OPERATORS)
        }

    assert all((PACKAGE / part).exists() for part in OF_OPERATORS)
    assert files(built / "KoppelingLayer" / "python" / "koppeling") == files(PACKAGE)
    assert (built / "KoppelingLayer" / "python" / "koppeling" / "py.typed").exists()
