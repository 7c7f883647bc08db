"""Every benchmark runs, at a tiny size, and prints its figures, whatever these are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

NUMBER = r"[\d,.]+"
TIMES = f"{NUMBER}/{NUMBER}"

# The benchmark, how to make it small, and patterns of lines that it is to print.
BENCHES = {
    "admin": (
        "--accounts 300 --groups 170 --memberships 1000 --rounds 1 --import-lines 500",
        [
            rf"{re.escape(name)} +{NUMBER} +{NUMBER} +{NUMBER} +{NUMBER} +[\d.-]+ +[\d-]+ +\d+  .*"
            for name in ("list of groups", "add a member of 60", "move a department of 1,000")
        ]
        + [
            f"a reader waited {NUMBER} ms at most, {NUMBER} ms where nobody wrote",
            rf"import of 500 lines: {NUMBER} s .*: 16\), {NUMBER} MB, -?{NUMBER} more than .*",
        ],
    ),
    "autocomplete": (
        "--entries 2000 --questions 20",
        [
            f"build: {NUMBER} s of processor time, .*, {NUMBER} MB",
            f"a change in another process: seen after {TIMES} µs",
            rf"\| this engine, base (\| {TIMES} )+\|",
            rf"\| this engine, whole path (\| {TIMES} )+\|",
            "SQLite FTS5, rowid = rank: built in .*, 220 answers compared, 0 differ",
            "SQLite FTS5, whole path .*: built in .*, 220 answers compared, 0 differ",
            "PostgreSQL, text_pattern_ops: built in .*, 220 answers compared, 0 differ",
            "tantivy: built in .*, 220 answers compared, 0 differ",
            rf"\| typing errors, meant name found \| .* \| {NUMBER} \| \w+ \|",
        ],
    ),
    "carddav": (
        "--cards 20 --rounds 1",
        [
            rf"{re.escape(name)} +{NUMBER} +{NUMBER} +{NUMBER}x +{NUMBER}"
            for name in ("PROPFIND 1, getetag", "sync, no change", "query EMAIL, 1 hit")
        ],
    ),
    "contacts": (
        "--accounts 60 --groups 60 --rounds 5",
        [
            f"{what}: p50 {NUMBER} ms, p99 {NUMBER} ms"
            for what in (
                "both, page after page by name",
                "group, page after page by name",
                "person, page after page by name",
                "a search, first page",
                "the widest searches, all pages",
            )
        ],
    ),
    "corrections": (
        "--entries 300 --cases 5",
        [
            rf"\| a slip at the first letter (\| {NUMBER} ){{3}}\|",
            rf"\| letters at random (\| {NUMBER} ){{3}}\|",
            rf"\| two words, a slip in each \| {TIMES} \| {TIMES} \| {NUMBER}/{NUMBER} \|",
            f"rapidfuzz: {TIMES} µs, {NUMBER} times this engine; .*",
        ],
    ),
    "http": (
        "--accounts 20 --seconds 1 --rounds 1 --workers 1 --connections 2",
        [
            f"  the search alone: {NUMBER} us of CPU each",
            f"  through Flask: {NUMBER} us of CPU each, {NUMBER} times as much",
            f"  through the layer before it, 20 accounts in turn: {NUMBER} us of CPU each",
            f"  through Flask: {NUMBER} requests/s, p50 .*, p99 .*",
            f"  through the layer before it: {NUMBER} requests/s, p50 .*, p99 .*",
            f"  through Flask: {NUMBER} of a Flask view that returns a constant",
            f"  through the layer before it: {NUMBER} of a bare WSGI application .*",
        ],
    ),
    "policy": (
        "--accounts 20 --groups 10 --seconds 0.5 --connections 2",
        [
            f"all maps published in {NUMBER} ms",
            f"a change in force after {NUMBER} ms in the middle, {NUMBER} ms at most",
            f"{NUMBER} decisions a second .*, {NUMBER} ms of processor time each",
        ],
    ),
}

# Each takes seconds, and minutes on a busy machine.
pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("name", BENCHES)
def test_a_benchmark_prints_its_figures(name: str) -> None:
    arguments, patterns = BENCHES[name]

    result = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}", *arguments.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    for pattern in patterns:
        assert any(re.fullmatch(pattern, line) for line in lines), (pattern, result.stdout)


def test_every_benchmark_is_run_here_and_by_make() -> None:
    modules = {path.stem for path in HERE.glob("*.py") if not path.stem.startswith(("_", "test_"))}
    packages = {path.parent.name for path in HERE.glob("*/__main__.py")}
    (listed,) = re.findall(r"^BENCHES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert modules | packages == set(BENCHES) == set(listed.split())
