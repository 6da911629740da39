"""Files of other systems as lists of customers: read line by line, or refused with the reason."""

import pytest

from tests.reference_files import FILES, count_records, name_of

KNOWN = {"catalogue/spree_customers.csv": 20}


@pytest.mark.parametrize("file", FILES, ids=name_of)
@pytest.mark.backends("sqlite")
def test_every_file_is_read_line_by_line_or_refused_with_the_reason(bring, make_platform, file):
    row = bring(make_platform(), file.read_bytes(), is_applied=False)

    if row.status == "refused":
        assert name_of(file) not in KNOWN
        assert row.problem
        assert (row.lines, row.reasons) == (0, {})
        return
    assert row.lines == KNOWN.get(name_of(file), row.lines)
    assert row.lines == count_records(file, row.encoding, row.delimiter)
    assert len(row.reasons) == sum(row.counts.values()) == row.lines
    assert "" not in row.counts
