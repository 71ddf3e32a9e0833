"""What the command of iterations says of a target that is none."""

import pytest
from bus_drain.jobs.command import main
from click.testing import CliRunner


@pytest.mark.parametrize("target", ["json", "json:nothing", "nowhere:x", "os:getcwd"])
def test_a_target_that_makes_no_iterations_is_a_usage_error(target: str) -> None:
    found = CliRunner().invoke(main, ["iterate", target, "name"])
    assert found.exit_code == 2
    assert "Invalid value" in found.output
