"""A workspace: readers, store, features and runs wired together in one folder."""

from mexlab.workspace.settings import WorkspaceSettings
from mexlab.workspace.workspace import Workspace

__all__ = ["Workspace", "WorkspaceSettings"]
