"""CloudFormation itself refuses a wrong deploy, before it makes or changes anything.

Those of production stand in `tests/infra/test_refusals.py`: the emulator has no CodeDeploy.
"""

import pytest

from tools.stack.deploy import DeployFailedError, deploy
from tools.stack.deployed import Stack

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"RestoredAt": "yesterday"}, "RestoredAt"),
        ({"ExistingSyncTable": "another"}, "RestoredAt is needed"),
    ],
    ids=["a pattern", "an assertion"],
)
def test_a_wrong_parameter_is_refused_and_the_stack_stays_as_it_is(
    stack: Stack, given: dict[str, str], said: str
) -> None:
    formation = stack.client("cloudformation")
    before = formation.describe_stacks(StackName=stack.stack_name)["Stacks"][0]

    with pytest.raises(DeployFailedError, match=said):
        deploy(stack.aws_endpoint, given)

    after = formation.describe_stacks(StackName=stack.stack_name)["Stacks"][0]
    assert (after["StackStatus"], after["Parameters"]) == (
        before["StackStatus"],
        before["Parameters"],
    )
