"""Tools for those who develop the portal: components, translations, modules and events from inside."""
