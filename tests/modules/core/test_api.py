"""The JSON API of core."""

import pytest

from wizamart import clock
from wizamart.auth import token_service
from wizamart.database import db, unit_of_work


@pytest.fixture
def bearer(app, platform, make_user):
    """Return the header of a platform admin's token."""
    user = make_user("api@wizamart.test", admin_of=platform)
    with app.app_context(), unit_of_work():
        session = db.session()
        owner = session.get(type(user), user.id)
        pair = token_service.issue(session, owner, at=clock.now(), ip=None, user_agent="tests")
    return {"Authorization": f"Bearer {pair.access_token}"}


def test_modules_are_listed_with_the_revision(client, bearer):
    answer = client.get("/api/v1/modules", headers=bearer).get_json()

    codes = {module["code"]: module for module in answer["modules"]}
    assert answer["revision"] == 0
    assert codes["core"]["is_on"] is True
    assert codes["payments"]["is_on"] is False


def test_without_a_token_nothing_is_told(client, platform):
    answer = client.get("/api/v1/modules")

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_activation_switches_with_what_is_required(client, bearer, effective):
    answer = client.put("/api/v1/modules/orders/activation", headers=bearer)

    assert [step["module"] for step in answer.get_json()["steps"]] == ["payments", "orders"]
    assert {"payments", "orders"} <= effective()


def test_a_revision_that_has_passed_is_refused_with_the_new_plan(client, bearer, effective):
    client.put("/api/v1/modules/inventory/activation", headers=bearer)

    answer = client.put("/api/v1/modules/payments/activation", headers={**bearer, "If-Match": '"0"'})

    assert answer.status_code == 409
    assert answer.get_json()["plan"]["revision"] == 1
    assert "payments" not in effective()


def test_a_plan_writes_nothing(client, bearer, effective):
    answer = client.post("/api/v1/modules/plan", json={"enable": ["orders"]}, headers=bearer)

    assert answer.status_code == 200
    assert len(answer.get_json()["steps"]) == 2
    assert "orders" not in effective()


@pytest.mark.parametrize("body", [None, [], {"enable": "orders"}, {"nonsense": 1}])
def test_a_body_that_makes_no_sense_is_refused(client, bearer, body):
    assert client.post("/api/v1/modules/plan", json=body, headers=bearer).status_code in {400, 422}


def test_the_same_key_gets_the_same_answer_and_acts_once(client, bearer, effective):
    headers = {**bearer, "Idempotency-Key": "one"}
    first = client.put("/api/v1/modules/payments/activation", headers=headers)
    client.delete("/api/v1/modules/payments/activation", headers=bearer)

    again = client.put("/api/v1/modules/payments/activation", headers=headers)

    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "payments" not in effective()


def test_one_key_does_not_stand_for_two_requests(client, bearer):
    headers = {**bearer, "Idempotency-Key": "one"}
    client.put("/api/v1/modules/payments/activation", headers=headers)

    assert client.put("/api/v1/modules/inventory/activation", headers=headers).status_code == 422


def test_internal_modules_are_not_a_platform_admins_to_switch(client, bearer):
    assert client.put("/api/v1/modules/monitoring/activation", headers=bearer).status_code == 403


def test_history_comes_in_pages_by_cursor(client, bearer):
    client.put("/api/v1/modules/orders/activation", headers=bearer)
    client.put("/api/v1/modules/inventory/activation", headers=bearer)

    first = client.get("/api/v1/modules/history?limit=2", headers=bearer).get_json()
    second = client.get(f"/api/v1/modules/history?limit=2&cursor={first['next']}", headers=bearer).get_json()

    targets = [entry["target"] for page in (first, second) for entry in page["entries"]]
    assert targets == ["module:inventory", "module:orders", "module:payments"]
    assert second["next"] is None
    assert first["entries"][0]["origin"] == "api"


def test_an_operation_can_be_undone(client, bearer, effective):
    done = client.put("/api/v1/modules/orders/activation", headers=bearer).get_json()

    client.post(f"/api/v1/modules/operations/{done['operation_id']}/reversal", headers=bearer)

    assert not {"payments", "orders"} & effective()


def test_the_configuration_of_an_unknown_module_is_not_found(client, bearer):
    assert client.get("/api/v1/modules/nonsense/configuration", headers=bearer).status_code == 404


def test_a_configuration_that_somebody_else_changed_meanwhile_is_not_overwritten(client, bearer):
    address = "/api/v1/modules/inventory/configuration"
    client.put("/api/v1/modules/inventory/activation", headers=bearer)
    seen = client.get(address, headers=bearer).get_json()["version"]
    tied = {**bearer, "If-Match": f'"{seen}"'}

    first = client.patch(address, json={"low_stock_threshold": 3}, headers=tied)
    second = client.patch(address, json={"low_stock_threshold": 4}, headers=tied)

    assert (first.status_code, second.status_code) == (200, 409)
    now = client.get(address, headers=bearer).get_json()
    assert now["values"]["low_stock_threshold"] == 3
    assert now["version"] == first.get_json()["version"] != seen


def test_unknown_keys_of_a_configuration_are_refused(client, bearer):
    answer = client.patch("/api/v1/modules/inventory/configuration", json={"nonsense": 1}, headers=bearer)

    assert answer.status_code == 422
    assert "nonsense" in answer.get_json()["errors"]


def test_platforms_are_those_with_a_role(client, bearer, make_platform):
    make_platform("secret")

    answer = client.get("/api/v1/platforms", headers=bearer).get_json()

    assert [platform["code"] for platform in answer["platforms"]] == ["shop"]


def test_another_platforms_modules_are_not_found(client, bearer, make_platform):
    make_platform("secret")

    assert client.get("/platforms/secret/api/v1/modules", headers=bearer).status_code == 404


def test_jobs_show_how_far_they_are_and_only_of_this_platform(app, client, bearer, platform, make_platform):
    from wizamart.queue import enqueue

    other = make_platform("other")
    with app.app_context(), unit_of_work():
        own = enqueue(db.session(), "core.forget_idempotency_keys", platform_id=platform.id).id
        strange = enqueue(db.session(), "core.forget_idempotency_keys", platform_id=other.id).id

    assert [job["id"] for job in client.get("/api/v1/jobs", headers=bearer).get_json()["jobs"]] == [own]
    assert client.get(f"/api/v1/jobs/{own}", headers=bearer).get_json()["status"] == "queued"
    assert client.get(f"/api/v1/jobs/{strange}", headers=bearer).status_code == 404


def test_jobs_come_in_pages_that_new_ones_do_not_shift(app, client, bearer, platform):
    from wizamart.queue import enqueue

    def enqueue_jobs(number):
        with app.app_context(), unit_of_work():
            return [
                enqueue(db.session(), "core.forget_idempotency_keys", platform_id=platform.id).id
                for _job in range(number)
            ]

    ids = enqueue_jobs(3)
    first = client.get("/api/v1/jobs?limit=2", headers=bearer).get_json()
    enqueue_jobs(2)
    second = client.get(f"/api/v1/jobs?limit=2&cursor={first['next']}", headers=bearer).get_json()

    assert [job["id"] for page in (first, second) for job in page["jobs"]] == ids[::-1]
    assert second["next"] is None


def test_platforms_come_in_pages_by_cursor(client, bearer, make_platform, make_user, sign_in):
    for number in range(3):
        make_platform(f"more-{number}")
    sign_in(client, make_user("super@wizamart.test", is_super_admin=True))

    codes, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/platforms?limit=3{cursor and f'&cursor={cursor}'}").get_json()
        codes += [platform["code"] for platform in page["platforms"]]
        cursor = page["next"]

    assert codes == ["shop", "more-0", "more-1", "more-2"]


@pytest.mark.parametrize("address", ["platforms", "jobs", "modules/history"])
@pytest.mark.parametrize("query", ["limit=x", "limit=0", "cursor=x", "cursor=-1", "cursor=99999999999"])
def test_a_page_that_cannot_be_is_refused_at_its_parameter(client, bearer, address, query):
    answer = client.get(f"/api/v1/{address}?{query}", headers=bearer)

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [query.partition("=")[0]]


def test_what_a_change_may_be_tied_to_is_sent_as_an_etag(client, bearer):
    client.put("/api/v1/modules/inventory/activation", headers=bearer)
    modules = client.get("/api/v1/modules", headers=bearer)
    address = "/api/v1/modules/inventory/configuration"
    seen = client.get(address, headers=bearer)

    assert modules.headers["ETag"] == f'"{modules.get_json()["revision"]}"'
    tied = {**bearer, "If-Match": seen.headers["ETag"]}
    changed = client.patch(address, json={"low_stock_threshold": 3}, headers=tied)
    assert changed.status_code == 200
    assert changed.headers["ETag"] == client.get(address, headers=bearer).headers["ETag"]
    assert client.patch(address, json={"low_stock_threshold": 4}, headers=tied).status_code == 409


def test_a_platform_that_is_not_there_is_a_problem_document_too(client, bearer):
    answer = client.get("/platforms/nowhere/api/v1/modules", headers=bearer)

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_the_document_says_of_tokens_what_they_take_and_give(client, platform):
    document = client.get("/api/v1/openapi.json").get_json()

    operation = document["paths"]["/api/v1/tokens"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert body == "#/components/schemas/PasswordGrant"
    assert set(document["components"]["schemas"]["TokenPairOut"]["properties"]) == {
        "access_token",
        "refresh_token",
        "expires_in",
        "token_type",
    }
    assert "201" in operation["responses"]
    assert operation["parameters"] == []


def test_the_document_describes_what_is_mounted(client, platform):
    document = client.get("/api/v1/openapi.json").get_json()

    operation = document["paths"]["/api/v1/modules/{code}/activation"]["put"]
    assert document["openapi"] == "3.1.0"
    assert operation["x-permission"] == "core:module:update"
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "code",
        "Idempotency-Key",
        "If-Match",
    }
    assert "PlanOut" in document["components"]["schemas"]
