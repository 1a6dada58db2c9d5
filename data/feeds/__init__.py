"""Feeds: reports that come by themselves, from KoboToolbox, ODK Central, a database, or a partner's webhook."""
