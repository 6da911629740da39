import os

# pydantic would ask every installed package for plugins of its own at each start; whoever wants them sets this to "0".
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
