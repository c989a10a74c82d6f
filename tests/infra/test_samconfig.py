import tomllib

import pytest

from tools.paths import REGION, ROOT, STACK_NAME

SETTINGS = tomllib.loads((ROOT / "samconfig.toml").read_text())


@pytest.mark.parametrize("environment", ["default", "local", "dev", "production"])
def test_sam_expands_the_loop_over_entities_in_every_environment(environment: str) -> None:
    assert SETTINGS[environment]["global"]["parameters"]["language_extensions"] is True


@pytest.mark.parametrize("environment", ["local", "dev", "production"])
def test_every_environment_deploys_a_stack_of_its_own_in_the_same_region(environment: str) -> None:
    settings = SETTINGS[environment]["global"]["parameters"]

    assert settings["stack_name"] == f"koppeling-{environment}"
    assert settings["region"] == REGION


def test_the_tools_know_the_local_stack_by_the_name_sam_gives_it() -> None:
    assert SETTINGS["local"]["global"]["parameters"]["stack_name"] == STACK_NAME


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_a_deploy_to_aws_names_its_stage_and_asks_before_it_changes_anything(
    environment: str,
) -> None:
    settings = SETTINGS[environment]["deploy"]["parameters"]

    assert f"Stage={environment}" in settings["parameter_overrides"]
    assert settings["confirm_changeset"] is True
    assert settings["capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


@pytest.mark.parametrize("environment", ["local", "dev", "production"])
def test_every_resource_of_a_stack_has_the_tags_of_its_environment(environment: str) -> None:
    settings = SETTINGS[environment]["deploy"]["parameters"]

    assert settings["tags"] == ["project=koppeling", f"stage={environment}"]
