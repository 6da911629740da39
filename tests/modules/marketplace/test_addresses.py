"""Where a feed says that products and their pictures are."""

import pytest

from modules.marketplace.routes.addresses import addresses


@pytest.mark.backends("sqlite")
def test_a_picture_of_the_library_lies_below_the_root_of_the_shop(app):
    with app.test_request_context("/", base_url="http://localhost/platforms/here"):
        assert addresses().picture("/media/a.png") == "http://localhost/platforms/here/media/a.png"
