"""Publish: what is known of the builds, drawn as a page, a folder or a server of one's own."""
