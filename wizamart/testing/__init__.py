"""What tests need, those of this tree and those of modules installed beside it.

A module's `conftest.py` names the plugin: `pytest_plugins = ["wizamart.testing.plugin"]`.
"""
