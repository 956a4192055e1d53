"""`python -m cli` is the same as `parcel-screening`."""

from cli.main import main

main()
