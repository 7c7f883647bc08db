"""A skipped test fails the run in continuous integration, and nowhere else."""

import pytest

PASSED = "def test_here(): pass\n"
SKIPPED = "import pytest\ndef test_not_here(): pytest.skip('no reason')\n"
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_not_yet(): assert False\n"


def run(pytester: pytest.Pytester, text: str) -> pytest.RunResult:
    pytester.makepyfile(text)
    return pytester.runpytest("-p", "tests.no_skips", "-p", "no:hypothesispytest")


@pytest.mark.parametrize("text", [SKIPPED, EXPECTED_TO_FAIL])
def test_what_is_not_tested_fails_continuous_integration(
    text: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    result = run(pytester, PASSED + text)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*nothing may be skipped here*", "test_*::test_not_*"])
    assert result.outlines[-1].strip("= ").startswith("1 passed, 1 ")


@pytest.mark.parametrize("text", [SKIPPED, EXPECTED_TO_FAIL])
def test_elsewhere_a_skip_is_no_failure(
    text: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)

    assert run(pytester, PASSED + text).ret == pytest.ExitCode.OK


def test_a_run_without_skips_passes_continuous_integration(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    assert run(pytester, PASSED).ret == pytest.ExitCode.OK
