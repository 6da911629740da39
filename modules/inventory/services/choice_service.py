"""Which variant a customer has chosen, and where each other value of each option leads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modules.inventory.models.product import Variant
from modules.inventory.services.option_text_service import AS_WRITTEN, OptionWording


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """One value of an option: the variant it leads to, and whether that can be bought."""

    label: str
    variant_id: int
    is_chosen: bool
    is_available: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An option with its values in the order of the variants."""

    name: str
    chosen: str
    values: tuple[ChoiceValue, ...]


def choose_variant(
    variants: Sequence[Variant], variant_id: int | None, is_available: Callable[[Variant], bool]
) -> Variant | None:
    """Return the variant with this id, or else the first that can be bought, or the first of all."""
    asked = next((one for one in variants if one.id == variant_id), None)
    return asked or next(filter(is_available, variants), None) or next(iter(variants), None)


def build_choices(
    option_names: Sequence[str],
    variants: Sequence[Variant],
    chosen: Variant,
    is_available: Callable[[Variant], bool],
    wording: OptionWording = AS_WRITTEN,
) -> list[Choice]:
    """Return the options of a product in a language; a value keeps as many of the others as there is a variant for."""
    choices = []
    for name in option_names:
        values = dict.fromkeys(_value(one, name) for one in variants)
        leads = {value: _nearest(option_names, variants, chosen, name, value) for value in values}
        choices.append(
            Choice(
                wording.name(chosen, name),
                wording.value(chosen, name, _value(chosen, name)),
                tuple(
                    ChoiceValue(
                        wording.value(chosen, name, value),
                        target.id,
                        target.id == chosen.id,
                        is_available(target),
                    )
                    for value, target in leads.items()
                ),
            )
        )
    return choices


def _nearest(
    names: Sequence[str], variants: Sequence[Variant], chosen: Variant, name: str, value: str
) -> Variant:
    """Return the variant with this value that has most in common with the chosen one; the first of several."""

    def likeness(variant: Variant) -> int:
        return sum(_value(variant, other) == _value(chosen, other) for other in names if other != name)

    return max((one for one in variants if _value(one, name) == value), key=likeness)


def _value(variant: Variant, name: str) -> str:
    return str(variant.options.get(name, ""))
