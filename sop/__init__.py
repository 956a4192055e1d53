"""The standard operating procedure: rules as data, and the engine that reads them."""
