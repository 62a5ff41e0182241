"""The shipped contracts say what the canonical columns mean."""

from kpi_framework.load.contracts import shipped_contracts


def test_the_contracts_of_the_core_kpis_are_shipped():
    """Tickets, surveys, costs and self-service sessions are what the seven core KPIs are computed from."""
    assert set(shipped_contracts()) == {"tickets", "surveys", "costs", "self_service_sessions"}


def test_every_contract_is_whole():
    """Keys and times are columns, required ones are never empty, and each column has its sentence."""
    for contract in shipped_contracts().values():
        assert {*contract.key, *([contract.time] if contract.time else [])} <= set(contract.columns)
        for column in contract.columns.values():
            assert column.description.endswith(".")
            assert not (column.required and column.nullable)


def test_who_is_named_is_marked_personal():
    """A column that names people may only be counted."""
    contracts = shipped_contracts()
    tickets = {name for name, column in contracts["tickets"].columns.items() if column.personal}
    surveys = {name for name, column in contracts["surveys"].columns.items() if column.personal}
    assert tickets == {"agent", "requester", "subject"}
    assert surveys == {"agent", "respondent", "comment"}
