"""Who saw or did what: the administrator's and the auditor's view of the trail. No clinical content."""
