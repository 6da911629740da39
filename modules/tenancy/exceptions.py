"""What can go wrong in tenancy."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class FieldError(InvalidInput):
    """An error at one field of a form."""

    field: str = ""

    def __init__(self, **details: str) -> None:
        super().__init__(None, **details)
        self.errors = {self.field: [str(self)]}


class PlatformNotFound(NotFound):
    """No such platform."""

    code = "tenancy.platform_not_found"
    message = _("There is no such platform.")


class CompanyNotFound(NotFound):
    """No such company, or one that has nothing to do with this platform."""

    code = "tenancy.company_not_found"
    message = _("There is no such company.")


class VendorNotFound(NotFound):
    """No such vendor, or one of another platform."""

    code = "tenancy.vendor_not_found"
    message = _("There is no such vendor.")


class PersonNotFound(NotFound):
    """No such person in this place."""

    code = "tenancy.person_not_found"
    message = _("There is no such person here.")


class RoleNotFound(NotFound):
    """No such role in this place."""

    code = "tenancy.role_not_found"
    message = _("There is no such role.")


class HostNotFound(NotFound):
    """No such host, or one of another platform."""

    code = "tenancy.host_not_found"
    message = _("There is no such host.")


class CodeTaken(FieldError):
    """Codes stand in addresses, so each exists once."""

    code = "tenancy.code_taken"
    field = "code"
    message = _("This code is taken. Choose another one.")


class CodeInvalid(FieldError):
    """Codes stand in addresses and name subdomains."""

    code = "tenancy.code_invalid"
    field = "code"
    message = _("Use small letters, digits and hyphens between them.")


class CodeReserved(FieldError):
    """Some names would be taken for an address of the installation itself."""

    code = "tenancy.code_reserved"
    field = "code"
    message = _("This name is reserved. Choose another one.")


class CurrencyUnknown(FieldError):
    """Amounts are written by the rules of ISO 4217."""

    code = "tenancy.currency_unknown"
    field = "currency"
    message = _("There is no such currency.")


class DefaultLanguageMissing(FieldError):
    """The default language must be among those that the platform offers."""

    code = "tenancy.default_language_missing"
    field = "default_locale"
    message = _("The default language must be one of the languages chosen.")


class HostInvalid(FieldError):
    """The text cannot be a host name."""

    code = "tenancy.host_invalid"
    field = "host"
    message = _(
        "This is not a host name. Enter one like shop.example.com, without https:// and without a path."
    )


class HostTaken(FieldError):
    """A host name leads to one place only."""

    code = "tenancy.host_taken"
    field = "host"
    message = _("This host name is in use already.")


class VatNumberInvalid(FieldError):
    """The number's form or its check digits are wrong."""

    code = "tenancy.vat_number_invalid"
    field = "vat_number"
    message = _("This VAT number is not valid: its form or its check digits are wrong.")


class VatNumberOfOtherCountry(FieldError):
    """A VAT number begins with the country that gave it."""

    code = "tenancy.vat_number_of_other_country"
    field = "vat_number"
    message = _("This VAT number belongs to another country than the address.")


class PlatformsMissing(FieldError):
    """A vendor that sells nowhere could be seen by nobody but super admins."""

    code = "tenancy.platforms_missing"
    field = "platforms"
    message = _("Choose at least one platform.")


class RolesMissing(FieldError):
    """Somebody without a role is not part of a place; there is another button for that."""

    code = "tenancy.roles_missing"
    field = "roles"
    message = _("Choose at least one role.")


class RoleTooStrong(FieldError):
    """Nobody gives away more than they have."""

    code = "tenancy.role_too_strong"
    field = "roles"
    message = _("“%(role)s” allows more than you may do yourself.")


class PermissionsTooStrong(FieldError):
    """Nobody writes a role that could do more than they can."""

    code = "tenancy.permissions_too_strong"
    field = "name"
    message = _("This role would allow more than you may do yourself.")


class RoleNameTaken(FieldError):
    """Two roles of one name in one place could not be told apart."""

    code = "tenancy.role_name_taken"
    field = "name"
    message = _("A role of this name exists already.")


class AlreadyMember(FieldError):
    """The person is here already."""

    code = "tenancy.already_member"
    field = "email"
    message = _("This person has access already.")


class StaffLimitReached(RuleViolation):
    """The vendor's subscription has room for no more people."""

    code = "tenancy.staff_limit_reached"
    message = _(
        "Your subscription includes %(limit)s people. Remove somebody or choose a larger subscription."
    )


class PlatformInUse(RuleViolation):
    """Archiving the platform one stands on would take away the page itself."""

    code = "tenancy.platform_in_use"
    message = _("You are working in this platform. Open another one and archive it from there.")


class LastPlatform(RuleViolation):
    """Without a platform nobody could reach the portal."""

    code = "tenancy.last_platform"
    message = _("This is the last active platform. It cannot be archived.")


class VendorShared(RuleViolation):
    """What one platform's admins decide must not hit another platform's business."""

    code = "tenancy.vendor_shared"
    message = _("This vendor also sells on other platforms. Only a super admin can change it.")


class CompanyShared(RuleViolation):
    """As above, for the company behind several vendors."""

    code = "tenancy.company_shared"
    message = _("This company also stands behind other vendors. Ask the platform to change it.")


class CompanyInUse(RuleViolation):
    """A vendor needs the company on its invoices."""

    code = "tenancy.company_in_use"
    message = _("This company owns vendors. Give them another company first.")


class VendorStatusConflict(RuleViolation):
    """Approve what is pending, suspend what is active, reactivate what is suspended."""

    code = "tenancy.vendor_status_conflict"
    message = _("This cannot be done with a vendor in this state. Reload the page to see it.")


class LastOwner(RuleViolation):
    """Without an owner nobody could manage the vendor's people."""

    code = "tenancy.last_owner"
    message = _("This is the last owner of %(vendor)s. Make somebody else an owner first.")


class OwnAccount(RuleViolation):
    """Locking oneself out is always a mistake."""

    code = "tenancy.own_account"
    message = _("You cannot do this with your own account. Ask somebody else who may.")


class RoleBuiltIn(RuleViolation):
    """Built-in roles are the same everywhere."""

    code = "tenancy.role_built_in"
    message = _("Built-in roles cannot be changed. Create a role of your own instead.")


class RoleInUse(RuleViolation):
    """Deleting a role would silently take rights away."""

    code = "tenancy.role_in_use"
    message = _("People have this role. Give them another one first.")


class NotInvited(RuleViolation):
    """Only who has not chosen a password yet needs another invitation."""

    code = "tenancy.not_invited"
    message = _("This person has accepted already.")
