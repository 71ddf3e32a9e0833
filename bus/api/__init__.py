"""The bus over HTTP: one file a kind of resource."""
