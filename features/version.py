"""The version of the service, named in every answer."""

__version__ = "0.2.0"
