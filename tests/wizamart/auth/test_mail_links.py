from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from wizamart.auth import email_service, reset_service, user_service
from wizamart.auth.exceptions import LinkInvalid
from wizamart.auth.models import User

from .conftest import PASSWORD

NEW_PASSWORD = "another rainy morning"


def path_in(mail: dict) -> str:
    (url,) = [word for word in mail["text"].split() if word.startswith("http://localhost/")]
    return url.removeprefix("http://localhost")


@pytest.fixture
def reset_path(browser, make_user, sent_mails) -> str:
    make_user()
    browser.submit("/password/forgotten", email="Anna@wizamart.test")
    return path_in(sent_mails[0])


def test_the_answer_does_not_tell_whether_somebody_has_the_address(browser, make_user, sent_mails):
    make_user()
    make_user("ben@wizamart.test", is_active=False)

    pages = [
        browser.submit("/password/forgotten", email=f"{name}@wizamart.test").data
        for name in ("anna", "ben", "nobody")
    ]

    assert pages[0] == pages[1] == pages[2]
    assert [mail["to"] for mail in sent_mails] == ["anna@wizamart.test"]


def test_one_mailbox_gets_only_a_few_links_an_hour_and_nobody_is_told(browser, make_user, sent_mails):
    make_user()

    answers = {browser.submit("/password/forgotten", email="anna@wizamart.test").data for _try in range(6)}

    assert len(answers) == 1
    assert len(sent_mails) == 3


def test_asking_too_often_from_one_address_is_refused(browser, sent_mails):
    answers = [browser.submit("/password/forgotten", email=f"n{n}@wizamart.test") for n in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]


def test_a_link_sets_the_password_once_and_ends_every_session(browser, new_browser, reset_path):
    elsewhere = new_browser()
    elsewhere.sign_in()

    assert browser.submit(reset_path, password=NEW_PASSWORD).location == "/login?done=password"

    assert not elsewhere.is_signed_in
    assert browser.get(reset_path).status_code == 404
    assert browser.sign_in(password=PASSWORD).status_code == 422
    browser.sign_in(password=NEW_PASSWORD)
    assert browser.is_signed_in


def test_of_several_clicks_on_a_new_password_one_sets_it_and_all_lead_to_signing_in(
    new_browser, reset_path, time
):
    pages = [(browser := new_browser(), browser.token_of(reset_path)) for _ in range(6)]
    barrier = Barrier(len(pages))

    def click(page, password=NEW_PASSWORD):
        browser, token = page
        barrier.wait(10)
        return browser.client.post(reset_path, data={"csrf_token": token, "password": password})

    with ThreadPoolExecutor(len(pages)) as pool:
        answers = [answer.location for answer in pool.map(click, pages)]
    browser = new_browser()
    browser.sign_in(password=NEW_PASSWORD)
    time.forward(seconds=11)
    late = pages[0][0].client.post(reset_path, data={"csrf_token": pages[0][1], "password": PASSWORD})

    assert answers == ["/login?done=password"] * 6
    assert browser.is_signed_in
    assert late.status_code == 404


def test_a_refused_password_leaves_the_link_good(browser, reset_path):
    answer = browser.submit(reset_path, password="short")

    assert answer.status_code == 422
    assert "at least 12 characters" in answer.get_data(as_text=True)
    assert "short" not in answer.get_data(as_text=True)
    assert browser.submit(reset_path, password=NEW_PASSWORD).status_code == 303


def test_a_newer_link_ends_with_the_one_that_was_used(browser, reset_path, sent_mails):
    browser.submit("/password/forgotten", email="anna@wizamart.test")
    newer = path_in(sent_mails[1])

    browser.submit(reset_path, password=NEW_PASSWORD)

    assert browser.get(newer).status_code == 404


def test_a_new_password_ends_what_was_mailed_before(browser, read, time, reset_path, sent_mails):
    def ask_for_address(session):
        email_service.request_change(
            session,
            session.get(User, 1),
            "intruder@wizamart.test",
            build_url=lambda token: f"http://localhost/account/email/{token}",
            at=time(),
        )

    read(ask_for_address)
    token = path_in(sent_mails[1]).rpartition("/")[2]

    read(lambda session: user_service.set_password(session, session.get(User, 1), NEW_PASSWORD, at=time()))

    assert browser.get(reset_path).status_code == 404
    with pytest.raises(LinkInvalid):
        read(lambda session: email_service.confirm_change(session, token, at=time()))


@pytest.mark.parametrize("change", ["time", "purpose", "token", "person"])
def test_a_link_is_good_for_an_hour_for_its_purpose_and_its_person(browser, reset_path, time, read, change):
    path = reset_path
    if change == "time":
        time.forward(hours=1, seconds=1)
    elif change == "purpose":
        path = path.replace("/password/reset/", "/invitation/")
    elif change == "token":
        path += "x"
    else:
        read(lambda session: setattr(session.get(User, 1), "is_active", False))

    assert browser.get(path).status_code == 404
    assert browser.get(reset_path).status_code == (200 if change in {"purpose", "token"} else 404)


def test_a_new_password_opens_a_locked_account(browser, reset_path):
    for _try in range(5):
        browser.sign_in(password="wrong wrong wrong")
    assert browser.sign_in().status_code == 429

    browser.submit(reset_path, password=NEW_PASSWORD)

    assert browser.sign_in(password=NEW_PASSWORD).status_code == 303


def test_links_stand_only_as_hashes_in_the_database(read, reset_path):
    rows = read(lambda session: session.connection().exec_driver_sql("SELECT * FROM one_time_tokens").all())

    assert reset_path.rpartition("/")[2] not in str(rows)


def invite(session, user_id, time, vendor_id=7):
    return reset_service.invite(
        session,
        session.get(User, user_id),
        inviter_name="Super",
        place="Market",
        build_url=lambda token: f"http://localhost/invitation/{token}",
        at=time(),
        payload={"vendor_id": vendor_id},
    ).payload


def test_an_invited_person_chooses_name_and_password(browser, make_user, read, sent_mails, time):
    user_id = make_user(password=None)
    assert browser.sign_in().status_code == 422
    assert read(lambda session: invite(session, user_id, time)) == {"vendor_id": 7}

    page = browser.get(path_in(sent_mails[0])).get_data(as_text=True)
    answer = browser.submit(path_in(sent_mails[0]), display_name=" Anna Weber ", password=PASSWORD)

    assert "anna@wizamart.test" in page
    assert answer.location == "/login?done=invitation"
    assert read(lambda session: session.get(User, user_id).display_name) == "Anna Weber"
    browser.sign_in()
    assert browser.is_signed_in


def test_a_name_that_shows_nothing_is_refused_at_its_field_and_the_invitation_stays_good(
    browser, make_user, read, sent_mails, time
):
    user_id = make_user(password=None)
    read(lambda session: invite(session, user_id, time))
    path = path_in(sent_mails[0])

    answer = browser.submit(path, display_name="\u3164\u200b", password=PASSWORD)

    assert answer.status_code == 422
    assert "This shows nothing." in answer.get_data(as_text=True)
    assert browser.submit(path, display_name="Anna", password=PASSWORD).status_code == 303


def test_the_name_of_an_invited_person_is_one_line_that_reads_as_it_is_written(
    browser, make_user, read, sent_mails, time
):
    user_id = make_user(password=None)
    read(lambda session: invite(session, user_id, time))

    browser.submit(
        path_in(sent_mails[0]), display_name="An\u202ena\r\n\r\nPay at\u2028evil", password=PASSWORD
    )

    assert read(lambda session: session.get(User, user_id).display_name) == "Anna Pay at evil"


def test_of_several_clicks_at_once_one_accepts_and_the_others_lead_to_signing_in(
    new_browser, make_user, read, sent_mails, time
):
    user_id = make_user(password=None)
    for vendor_id in (7, 8):
        read(lambda session, vendor_id=vendor_id: invite(session, user_id, time, vendor_id))
    paths = [path_in(mail) for mail in sent_mails] * 4
    pages = [(browser := new_browser(), browser.token_of(path), path) for path in paths]
    barrier = Barrier(len(pages))

    def click(page):
        browser, token, path = page
        barrier.wait(10)
        data = {"csrf_token": token, "display_name": "Anna", "password": PASSWORD}
        return browser.client.post(path, data=data).location

    with ThreadPoolExecutor(len(pages)) as pool:
        answers = sorted(pool.map(click, pages), key=str)

    assert answers == ["/login?done=account"] * 7 + ["/login?done=invitation"]


def test_inviting_again_ends_the_first_invitation(browser, make_user, read, sent_mails, time):
    user_id = make_user(password=None)
    for _time in range(2):
        read(lambda session: invite(session, user_id, time))

    assert [browser.get(path_in(mail)).status_code for mail in sent_mails] == [404, 200]


def test_of_invitations_that_are_sent_at_once_the_last_one_alone_stays_good(
    browser, make_user, read, sent_mails, time
):
    user_id = make_user(password=None)
    barrier = Barrier(6)

    def send(_number):
        barrier.wait(10)
        read(lambda session: invite(session, user_id, time))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(6)))

    assert sorted(browser.get(path_in(mail)).status_code for mail in sent_mails) == [200, *[404] * 5]


def test_an_invitation_to_another_place_ends_none_and_whichever_is_used_the_others_lead_to_signing_in(
    browser, make_user, read, sent_mails, time
):
    user_id = make_user(password=None)
    for vendor_id in (7, 8):
        read(lambda session, vendor_id=vendor_id: invite(session, user_id, time, vendor_id))
    first, second = map(path_in, sent_mails)
    assert [browser.get(path).status_code for path in (first, second)] == [200, 200]

    browser.submit(second, display_name="Anna", password=PASSWORD)

    for path in (first, second):
        assert browser.get(path).location == "/login?done=account"
        late = browser.submit("/login", to=path, display_name="Mallory", password=NEW_PASSWORD)
        assert late.location == "/login?done=account"
    assert "You already have an account" in browser.get("/login?done=account").text
    assert read(lambda session: session.get(User, user_id).display_name) == "Anna"
    assert browser.sign_in(password=NEW_PASSWORD).status_code == 422
    browser.sign_in()
    assert browser.is_signed_in


def test_an_invitation_sets_no_password_where_there_is_one(make_user, read, sent_mails, time):
    user_id = make_user(password=None)
    read(lambda session: invite(session, user_id, time))
    token = path_in(sent_mails[0]).rpartition("/")[2]
    read(lambda session: user_service.set_password(session, session.get(User, user_id), PASSWORD, at=time()))

    with pytest.raises(LinkInvalid):
        read(
            lambda session: reset_service.accept_invitation(
                session, token, display_name="Mallory", password=NEW_PASSWORD, at=time()
            )
        )


def test_an_expired_invitation_leads_nowhere_even_with_an_account(browser, make_user, read, sent_mails, time):
    user_id = make_user(password=None)
    read(lambda session: invite(session, user_id, time))
    browser.submit(path_in(sent_mails[0]), display_name="Anna", password=PASSWORD)
    time.forward(days=7, seconds=1)

    assert browser.get(path_in(sent_mails[0])).status_code == 404


def test_mails_speak_the_language_of_their_reader(browser, make_user, sent_mails):
    make_user(locale="de")

    browser.submit("/password/forgotten", email="anna@wizamart.test")

    assert sent_mails[0]["locale"] == "de"
