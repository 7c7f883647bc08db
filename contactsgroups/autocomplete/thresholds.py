"""The sizes at which the engine changes its algorithms; answers never depend on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every limit is a matter of speed and space only: tests set them low to reach every path."""

    hot: int = 64
    """A prefix with more postings than this gets a row with its best documents."""
    top: int = 64
    """How many of its best documents a hot prefix's row holds."""
    bitmap_share: int = 128
    """A hot prefix with more than ``count / bitmap_share`` postings also gets a bitmap."""
    overlay: int = 512
    """More changed entries than this are flushed into a small generation on disk."""
    small_generation: int = 20_000
    """With more changed entries than this on disk, the base should be built again."""
