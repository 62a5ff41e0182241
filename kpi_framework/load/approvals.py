"""approvals.json, as a workflow makes it from the platform's API: bytes → what was said of which commit."""

from __future__ import annotations

import json

from pydantic import ValidationError

from ..model.approval import ApprovalsFile


def read_approvals_file(content: bytes) -> ApprovalsFile:
    """The file. Raises ValueError, in words for people, for what does not fit schemas/approvals.schema.json."""
    try:
        return ApprovalsFile.model_validate(json.loads(content))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
