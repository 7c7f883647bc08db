"""The web server and its processes: they know nothing of groups, only of connections.

It is waitress, which reads a whole request before a thread takes it, with a guard against clients
that are slow on purpose, an end that cuts nothing short, and several processes on one listener.
"""
