"""Many parcels at once, from columns, decided exactly as `sop.engine` decides one."""
