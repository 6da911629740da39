"""Core: dashboard, modules, menus, settings, profile and search; everything else stands on it."""
