"""The tree of categories of a platform."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.cms.services import redirect_service
from modules.inventory.exceptions import CategoryInUse, CategoryNotFound
from modules.inventory.models.product import Category, product_categories
from modules.inventory.slugs import slugify
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _

MAX_DEPTH = 6


def list_categories(session: Session) -> Sequence[Category]:
    """Return the whole tree in all languages, parents before their children."""
    query = sa.select(Category).order_by(Category.path).options(selectinload(Category.texts))
    return session.scalars(query).all()


def count_products(session: Session, category_ids: Sequence[int]) -> dict[int, int]:
    """Return how many products lie in each of these categories themselves, drafts and archived ones too."""
    inside = product_categories.c.category_id
    query = sa.select(inside, sa.func.count()).where(inside.in_(list(category_ids))).group_by(inside)
    counted = {category_id: count for category_id, count in session.execute(query)}  # noqa: C416 - a Row is no tuple
    return {category_id: counted.get(category_id, 0) for category_id in category_ids}


def get_category(session: Session, category_id: int) -> Category:
    """Return a category of this platform.

    :raises CategoryNotFound: when there is none.
    """
    category = session.scalars(sa.select(Category).where(Category.id == category_id)).one_or_none()
    if category is None:
        raise CategoryNotFound
    return category


def find_category_by_path(session: Session, path: str) -> Category | None:
    """Return the category with this path."""
    return session.scalars(sa.select(Category).where(Category.path == path)).one_or_none()


def find_categories(session: Session, category_ids: Sequence[int]) -> list[Category]:
    """Return those of the categories that exist."""
    if not category_ids:
        return []
    return list(session.scalars(sa.select(Category).where(Category.id.in_(category_ids))))


def create_category(
    session: Session,
    name: str,
    *,
    platform_id: int,
    parent_id: int | None,
    at: datetime,
    description: str = "",
) -> Category:
    """Create a category.

    :raises InvalidInput: when its parent has one of this name, or is too deep.
    """
    parent = get_category(session, parent_id) if parent_id is not None else None
    category = Category(platform_id=platform_id, created_at=at, description=description)
    _place(session, category, name, parent)
    session.add(category)
    session.flush()  # callers link products to its id
    return category


def update_category(
    session: Session,
    category: Category,
    name: str,
    *,
    parent_id: int | None,
    at: datetime,
    description: str | None = None,
) -> None:
    """Rename or move a category, and everything below it; their old addresses lead to the new ones.

    :raises InvalidInput: when the place is taken, too deep, or below itself.
    """
    parent = get_category(session, parent_id) if parent_id is not None else None
    old_path = category.path
    if parent is not None and f"{parent.path}/".startswith(f"{old_path}/"):
        raise InvalidInput({"parent_id": [_("A category cannot lie below itself.")]})
    below = session.scalars(
        sa.select(Category)
        .where(Category.path.startswith(f"{old_path}/", autoescape=True))
        .order_by(Category.path)
    ).all()
    if description is not None:
        category.description = description
    old_name = category.full_name
    depth = max((child.path.count("/") for child in below), default=old_path.count("/")) - old_path.count("/")
    _place(session, category, name, parent, depth=depth)
    moved = {old_path: category.path}
    for child in below:
        moved[child.path] = category.path + child.path.removeprefix(old_path)
        child.path = moved[child.path]
        child.full_name = category.full_name + child.full_name.removeprefix(old_name)
    if category.path != old_path:
        addresses = {f"/categories/{old}": f"/categories/{new}" for old, new in moved.items()}
        redirect_service.keep_addresses(session, addresses, platform_id=category.platform_id, at=at)


def _place(
    session: Session, category: Category, name: str, parent: Category | None, *, depth: int = 0
) -> None:
    """Put a category below another; `depth` is how many levels lie below it."""
    slug = slugify(name) or "category"
    path = f"{parent.path}/{slug}" if parent else slug
    taken = find_category_by_path(session, path)
    if taken is not None and taken is not category:
        raise InvalidInput({"name": [_("There is a category with this name already.")]})
    if path.count("/") + depth >= MAX_DEPTH:
        raise InvalidInput({"parent_id": [_("The tree is at most six levels deep.")]})
    category.name = name
    category.parent_id = parent.id if parent else None
    category.path = path
    category.full_name = f"{parent.full_name} > {name}" if parent else name


def delete_category(session: Session, category: Category) -> None:
    """Delete a category; its products stay.

    :raises CategoryInUse: when there are categories below it.
    """
    if session.scalar(sa.select(sa.exists().where(Category.parent_id == category.id))):
        raise CategoryInUse
    session.delete(category)


def path_of(names: Sequence[str]) -> str:
    """Return the path that names lead to."""
    return "/".join(slugify(name) or "category" for name in names[:MAX_DEPTH])


def ensure_path(
    session: Session, names: Sequence[str], *, platform_id: int, at: datetime, may_create: bool
) -> Category | None:
    """Return the category that a path of names leads to, creating what is missing if that is allowed."""
    parent: Category | None = None
    for name in names[:MAX_DEPTH]:
        slug = slugify(name) or "category"
        path = f"{parent.path}/{slug}" if parent else slug
        found = find_category_by_path(session, path)
        if found is None:
            if not may_create:
                return None
            parent_id = parent.id if parent else None
            found = create_category(session, name, platform_id=platform_id, parent_id=parent_id, at=at)
        parent = found
    return parent
