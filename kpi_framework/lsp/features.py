"""Questions about a place in a text, and the pure functions that answer them."""

from __future__ import annotations

from lsprotocol import types as lsp

from .actions import actions
from .code_lens import code_lenses
from .completion import completions
from .definition import definition, references
from .hover import hover
from .projects import OpenProject, now
from .quick_fixes import quick_fixes
from .rename import RenameError, as_edit, renamable, renaming
from .session import KpiServer
from .view import View


def features(server: KpiServer) -> None:
    """Answer what only asks."""

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", "'", "("]))
    async def complete(params: lsp.CompletionParams) -> list[lsp.CompletionItem] | None:
        return await server.over(params.text_document.uri, lambda view, _: completions(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def explain(params: lsp.HoverParams) -> lsp.Hover | None:
        return await server.over(
            params.text_document.uri,
            lambda view, project: hover(view, params.position, project.committed(view.path)),
        )

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def define(params: lsp.DefinitionParams) -> lsp.Location | None:
        return await server.over(params.text_document.uri, lambda view, _: definition(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def refer(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        return await server.over(params.text_document.uri, lambda view, _: references(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def lens(params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
        return await server.over(
            params.text_document.uri, lambda view, project: code_lenses(view, project.committed(view.path))
        )


def changes(server: KpiServer) -> None:
    """Answer what changes texts."""
    kinds = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.Empty])

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, kinds)
    async def act(params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        def offered(view: View, _project: OpenProject) -> list[lsp.CodeAction]:
            fixes = quick_fixes(view, params.range, now())
            only = params.context.only
            return fixes if only and lsp.CodeActionKind.Empty not in only else fixes + actions(view, params.range.start)

        return await server.over(params.text_document.uri, offered, is_fresh=True)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        return await server.over(params.text_document.uri, lambda view, _: renamable(view, params.position))

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        can_move = _can_move(server)

        def renamed(view: View, _project: OpenProject) -> tuple[lsp.WorkspaceEdit, dict[str, str]]:
            result = renaming(view, params.position, params.new_name, now())
            return as_edit(view, result, can_move=can_move), result.moved

        try:
            answer = await server.over(params.text_document.uri, renamed, is_fresh=True)
        except RenameError as error:
            server.say(str(error), lsp.MessageType.Error)
            return None
        if answer is not None and not can_move:
            server.say(f"Rename the files, too: {', '.join(f'{a} → {b}' for a, b in answer[1].items())}")
        return answer[0] if answer is not None else None


def _can_move(server: KpiServer) -> bool:
    workspace = server.client_capabilities.workspace
    edit = workspace.workspace_edit if workspace else None
    kinds = edit.resource_operations if edit else None
    return lsp.ResourceOperationKind.Rename in (kinds or ())  # which come by document changes alone
