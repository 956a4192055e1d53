"""The group `models`: the registry of model bundles; each command stands in a module of its own."""

from __future__ import annotations

import click

from cli.lazy import LazyGroup

MODELS = {
    "list": ("cli.models_list:list_models", "Which bundles there are, and which are in use."),
    "show": ("cli.models_show:show_model", "What a bundle's card says: data, figures, limits."),
    "verify": ("cli.models_list:verify_models", "Whether bundles are what their cards say, and load here."),
    "promote": ("cli.models_change:promote_model", "Put a bundle in use, if it is no worse than the present one."),
    "rollback": ("cli.models_change:rollback_model", "Put back in use what was in use before."),
    "history": ("cli.models_history:show_history", "Who changed the model in use, when and why."),
    "keygen": ("cli.models_sign:make_keys", "Make a pair of keys to sign bundles with."),
    "sign": ("cli.models_sign:sign_model", "Sign a bundle."),
}


@click.group(cls=LazyGroup, lazy=MODELS)
def models() -> None:
    """The registry of model bundles: show, verify, sign, promote, roll back."""
