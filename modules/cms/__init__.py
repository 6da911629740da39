"""CMS: the shop's pages, pictures and look."""
