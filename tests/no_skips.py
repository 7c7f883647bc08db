"""A pytest plugin: continuous integration (CI=true) skips nothing."""

import os

import pytest

# Outcomes that mean: this was not really tested.
NOT_TESTED = ("skipped", "xfailed")


def _not_tested(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true":
        return []
    return [report for outcome in NOT_TESTED for report in reporter.stats.get(outcome, [])]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run that would have passed but for what it skipped."""
    if exitstatus == pytest.ExitCode.OK and _not_tested(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were skipped where none may be."""
    if reports := _not_tested(terminalreporter.config):
        terminalreporter.section("nothing may be skipped here, but this was", red=True)
        for report in reports:
            terminalreporter.line(report.nodeid)
