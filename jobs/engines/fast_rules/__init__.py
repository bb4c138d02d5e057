"""The layout rules of the engine `fast`: one subject a file, all of them plain functions on what `pieces` names.

Coordinates are points with the origin at the page's top left, after the page was turned so that most of its text runs
from left to right.
"""
