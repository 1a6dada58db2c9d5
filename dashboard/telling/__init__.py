"""Telling people of alerts: addresses, their limits, and the job that sends."""
