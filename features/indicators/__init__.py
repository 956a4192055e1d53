"""The indicator register: what makes a parcel stand out, as data."""
