"""Development only: a phone in the browser and a stand-in for Twilio's REST API.

Nothing here runs in production; the other processes see the same HTTP as with the real Twilio.
"""
