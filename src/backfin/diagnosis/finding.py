"""What one check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One dependency: whether it is well, what was seen, and what to do if it is not."""

    name: str
    ok: bool
    detail: str
    fix: str = ""

    @classmethod
    def of(cls, name: str, error: Exception, fix: str) -> Finding:
        """What an error says, without the advice to ask the doctor, who says it."""
        return cls(name, False, str(error).replace("; see `backfin doctor`", ""), fix)

    def as_json(self) -> dict[str, Any]:
        """The finding as the command line prints it; what is well needs no advice."""
        return asdict(self) | {"fix": "" if self.ok else self.fix}
