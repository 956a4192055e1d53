"""The version of the service, named in every answer."""

__version__ = "0.3.0"
