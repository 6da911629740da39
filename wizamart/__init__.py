import os

# pydantic would ask every installed package for plugins of its own at each start; whoever wants them sets this to "0".
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# Babel asks for the machine's time zone when it is imported, and pytz looks for 600 files to answer. Nothing here is
# told in the machine's own time, so Babel is told the one zone that is known without looking.
if "TZ" not in os.environ:
    os.environ["TZ"] = "UTC"
    import babel.localtime  # noqa: F401

    del os.environ["TZ"]
