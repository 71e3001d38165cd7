"""What cannot be verified is not published: the order of the jobs, and what each of them runs."""

from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOWS = Path(__file__).parents[1] / ".github" / "workflows"
TEST = 'make test TORCH_INDEX="${{ vars.TORCH_INDEX }}"'


def workflow(name: str) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    return yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8"))


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_a_site_is_deployed_only_when_every_record_and_proof_was_run_again() -> None:
    jobs = workflow("publish")["jobs"]
    assert list(jobs) == ["verify", "build", "deploy"]
    assert (jobs["build"]["needs"], jobs["deploy"]["needs"]) == ("verify", "build")
    assert commands(jobs["verify"]) == ["make check", TEST]
    assert not any("if" in job or "continue-on-error" in job for job in jobs.values())
    assert not any("continue-on-error" in step for job in jobs.values() for step in job["steps"])


def test_what_is_published_hosts_its_own_python() -> None:
    build = next(step for step in workflow("publish")["jobs"]["build"]["steps"] if step.get("run") == "make build")
    assert build["env"]["QUIZPROOF_RUNTIME"] == "self"
    assert "runtime: !ENV [QUIZPROOF_RUNTIME, auto]" in (WORKFLOWS.parents[1] / "mkdocs.yml").read_text("utf-8")


def test_a_pull_request_is_annotated_checked_and_tested() -> None:
    file = workflow("pull-request")
    assert file[True] == {"pull_request": None}
    assert commands(file["jobs"]["check"]) == ["make check-questions FORMAT=github", "make check"]
    assert commands(file["jobs"]["test"]) == [TEST]


@pytest.mark.parametrize("name", ["publish", "pull-request"])
def test_a_workflow_may_write_nothing_by_default_and_its_actions_have_exact_versions(name: str) -> None:
    file = workflow(name)
    assert file["permissions"] == {"contents": "read"}
    used = [step["uses"] for job in file["jobs"].values() for step in job["steps"] if "uses" in step]
    assert [action for action in used if action.count(".") != 2] == []
