from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from wizamart.auth import throttle_service
from wizamart.auth.throttle_service import ACCOUNT, lock_for
from wizamart.exceptions import TooManyRequests

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(st.integers(min_value=0, max_value=10_000))
def test_a_lock_never_shrinks_and_never_passes_its_limit(tries):
    lock, longer = lock_for(tries, ACCOUNT), lock_for(tries + 1, ACCOUNT)

    assert timedelta(0) <= lock <= longer <= ACCOUNT.longest
    assert bool(lock) is (tries >= ACCOUNT.free_tries)


def test_a_locked_try_is_not_counted(session):
    for _try in range(5):
        throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=NOON)

    for _try in range(3):
        with pytest.raises(TooManyRequests) as refused:
            throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=NOON + timedelta(seconds=29))
        assert refused.value.details == {"retry_after": 2}

    throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=NOON + timedelta(seconds=30))


def test_old_tries_are_forgotten(session):
    for _try in range(4):
        throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=NOON)
    later = NOON + ACCOUNT.forget_after + timedelta(seconds=1)

    for _try in range(4):
        throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=later)
    throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=later)

    with pytest.raises(TooManyRequests):
        throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=later)


def test_an_account_is_locked_whatever_the_case_of_its_address(session):
    for _try in range(5):
        throttle_service.count_try(
            session, throttle_service.account_key("Anna@wizamart.test "), limit=ACCOUNT, at=NOON
        )

    with pytest.raises(TooManyRequests):
        throttle_service.count_try(
            session, throttle_service.account_key("anna@wizamart.test"), limit=ACCOUNT, at=NOON
        )


def test_forgotten_counts_are_deleted(session):
    throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=NOON)

    throttle_service.delete_forgotten(session, before=NOON + timedelta(seconds=1))
    for _try in range(5):
        throttle_service.count_try(session, "account:x", limit=ACCOUNT, at=NOON)
