"""Who may see which patient, why, and the trail that says so. The one door to django-guardian."""
