"""What all tests share comes from the plugin that module authors use too."""

pytest_plugins = ["wizamart.testing.plugin", "tests.demo_site"]
