"""The application's own map of addresses: read when it is asked, whole, and by one thread."""

import threading

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from wizamart.module_system.mounting import MalformedAddress, PatientMap, SharedRule


def show(part):
    return str(part)


class Patient(Flask):
    url_map_class = PatientMap
    url_rule_class = SharedRule


@pytest.fixture
def patient():
    app = Patient("patient", static_folder=None)
    for number in range(50):
        app.add_url_rule(f"/things/{number}/<int:part>", f"things.{number}", show)
    return app


def test_addresses_are_read_when_they_are_first_asked_for(patient):
    client = patient.test_client()

    assert client.get("/things/7/3").text == "3"
    assert client.get("/things/50/3").status_code == NotFound.code
    with patient.test_request_context():
        assert patient.url_for("things.7", part=3) == "/things/7/3"
    assert len(list(patient.url_map.iter_rules())) == 50


def test_threads_that_ask_at_once_all_see_the_whole_map(patient):
    barrier, answers = threading.Barrier(8), []

    def ask():
        client = patient.test_client()
        barrier.wait()
        answers.append(client.get("/things/49/3").status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 8
    assert len(list(patient.url_map.iter_rules())) == 50


@pytest.mark.parametrize("address", ["/things/<int:part", "/things/<nothing_like_it:part>"])
def test_an_address_that_cannot_be_read_is_named_as_often_as_it_is_asked_for(patient, address):
    patient.add_url_rule(address, "things.odd", show)

    for _ in range(2):
        with pytest.raises(MalformedAddress) as refusal:
            patient.url_map.update()
        assert str(refusal.value).startswith(f"view things.odd has the address '{address}': ")
