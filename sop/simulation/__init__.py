"""What a candidate would have done with past screenings: figures from columns, and thresholds that meet a share."""
