"""Monitoring: background tasks, logs, health and mails, for operators."""
