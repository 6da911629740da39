"""Pages are sent compressed to whoever can read that."""

import gzip

from wizamart.web import compression

GZIP = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_sent_compressed_to_who_accepts_it_and_is_the_same(make_platform, client):
    make_platform("market")
    plain, packed = client.get("/login"), client.get("/login", headers=GZIP)

    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert len(packed.data) < len(plain.data) / 2
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert b"</html>" in gzip.decompress(packed.data)
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in packed.vary


def test_the_length_of_a_page_is_no_measure_of_what_is_in_it():
    page = b"<p>the same</p>" * 500

    packed = [compression._pack(page) for _ in range(20)]

    assert {gzip.decompress(one) for one in packed} == {page}
    assert len({len(one) for one in packed}) > 5


def test_what_is_no_page_and_who_refuses_gzip_are_left_alone(make_platform, client):
    make_platform("market")

    assert "Content-Encoding" not in client.get("/health/live", headers=GZIP).headers
    assert "Content-Encoding" not in client.get("/login", headers={"Accept-Encoding": "gzip;q=0"}).headers
