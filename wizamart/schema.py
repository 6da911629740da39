"""The base of forms, payloads and configurations."""

from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    """A model that pydantic builds when it is first used: building all of them would cost a tenth of every start."""

    model_config = ConfigDict(defer_build=True)
