"""Identifiers that must not be confused, each with a type of its own."""

from typing import NewType

ConnectionId = NewType("ConnectionId", str)
"""Our identifier of a connection, such as `acme`; the first part of every key in the inbox."""

Division = NewType("Division", int)
"""Number of an Exact administration, as used in URLs (X3)."""

ExactId = NewType("ExactId", str)
"""GUID of a record in Exact, lower case, without braces."""

MilestonesId = NewType("MilestonesId", str)
"""Key of a record in QicsMilestones: an int64 that travels as text (M14)."""

SyncTimestamp = NewType("SyncTimestamp", int)
"""Row version of an Exact record: a higher one is later, but it is not a time (X90)."""
