"""What stands in the cells of a workbook that hold no value though something stands in them."""

from __future__ import annotations

UNSAVED = "#UNSAVED!"
"""A formula whose value was not saved."""
ERRORS = (
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
    "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA", "#BUSY!", "#EXTERNAL!", "#PYTHON!", UNSAVED,
)  # fmt: skip
"""The errors that a formula may come to."""
