"""The address book of a customer as values of the checkout's form."""

from typing import Any


def list_saved(customer: Any) -> dict[str, dict[str, Any]]:
    """Return the addresses of a customer by a key of the form, that for goods at the beginning."""
    return {
        str(address.id): {
            "name": address.recipient or customer.name,
            "phone": customer.phone,
            "shipping_address": {
                "company": address.company,
                "street": address.line1,
                "supplement": address.line2,
                "postal_code": address.postal_code,
                "city": address.city,
                "country": address.country,
            },
        }
        for address in sorted(customer.addresses, key=lambda one: not one.is_shipping)
    }


def find_billing(customer: Any) -> dict[str, Any]:
    """Return the address that bills go to as values of the form, if it is not the one that goods go to."""
    address = next((one for one in customer.addresses if one.is_billing and not one.is_shipping), None)
    if address is None:
        return {}
    billing = {
        "name": address.company or address.recipient or customer.name,
        "street": address.line1,
        "postal_code": address.postal_code,
        "city": address.city,
        "country": address.country,
    }
    return {"has_billing_address": True, "billing_address": billing}


def flatten(values: dict[str, Any]) -> dict[str, str]:
    """Return the values as a form would send them."""
    sent = {name: value for name, value in values.items() if isinstance(value, str)}
    sent |= {f"shipping_address.{name}": value for name, value in values.get("shipping_address", {}).items()}
    return sent


def describe(values: dict[str, Any]) -> str:
    """Return an address in one line."""
    address = values["shipping_address"]
    town = f"{address['country']}-{address['postal_code']} {address['city']}"
    return ", ".join(part for part in (values["name"], address["company"], address["street"], town) if part)
