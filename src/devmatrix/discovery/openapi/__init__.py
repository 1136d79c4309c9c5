"""Takes an OpenAPI document, gives a DiscoveryDocument with its interface: the API exactly as the document has it."""
