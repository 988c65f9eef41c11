"""The operators' console: NiceGUI pages over use cases and queries, behind a login.

A page parses, makes one call and shows the answer; `desk.Desk` runs every call as the person who
is logged in, so that each permission is checked where the work is done.
"""
