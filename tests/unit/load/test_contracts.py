"""The shipped contracts say what the canonical columns mean."""

from kpi_framework.load.library import shipped_contracts

DATASETS = """
    tickets surveys agent_time costs benefits self_service_sessions devices patches accounts phishing
    security_incidents detection_sensors kb_articles employee_surveys olas services outages backup_jobs
    restore_tests recoveries assets failures users licences headcount
"""


def test_every_dataset_of_the_catalogue_has_its_contract() -> None:
    """What the KPIs of the catalogue are computed from is typed, explained and checked."""
    assert set(DATASETS.split()) <= set(shipped_contracts())


def test_every_contract_is_whole() -> None:
    """Keys and times are columns; what must be there is never empty, but for a time to come; each has its sentence."""
    for contract in shipped_contracts().values():
        ordered = {name for pair in contract.order for name in pair}
        assert {*contract.key, *ordered, *([contract.time] if contract.time else [])} <= set(contract.columns)
        assert all(contract.columns[a].type == contract.columns[b].type for a, b in contract.order)
        for name, column in contract.columns.items():
            assert column.description.endswith(".")
            assert not (column.required and column.nullable) or name == contract.time


def test_who_is_named_is_marked_personal() -> None:
    """A column that names people may only be counted."""
    contracts = shipped_contracts()
    tickets = {name for name, column in contracts["tickets"].columns.items() if column.personal}
    surveys = {name for name, column in contracts["surveys"].columns.items() if column.personal}
    assert tickets == {"agent", "requester", "subject"}
    assert surveys == {"agent", "respondent", "comment"}
