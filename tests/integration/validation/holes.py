"""Projects with holes: path -> (what stands there, what is put in its place). Each is told which probes must see it."""

from dataclasses import dataclass

Changes = tuple[tuple[str, str, str], ...]
Seen = frozenset[tuple[str, str]]

USERS, NOTES, NEWS = "app/users", "app/notes", "app/announcements"
TOKENS, SECURITY = "app/authentication/tokens.py", "app/security.py"
GUARD = '    dependencies=[Depends(require_role("editor", "admin"))],\n'
ADMIN = '    dependencies=[Depends(require_role("admin"))],\n'
GUARDED = (
    "read_current",
    "patch_current",
    "create_user",
    "list_users",
    "read_user",
    "replace_user",
    "patch_user",
    "delete_user",
    "create_announcement",
    "replace_announcement",
    "patch_announcement",
    "delete_announcement",
)


@dataclass(frozen=True)
class Hole:
    """Changes of one project, and the (rule, subject) that must be found, no more and no less."""

    document: str
    changes: Changes
    seen: Seen


def _seen(*pairs: tuple[str, str]) -> Seen:
    return frozenset((f"probe.{rule}", subject) for rule, subject in pairs)


_UNGUARDED = (
    f"{NEWS}/router.py",
    f'    operation_id="delete_announcement",\n    status_code=204,\n{GUARD}',
    '    operation_id="delete_announcement",\n    status_code=204,\n',
)
_LATE = (  # refused when all is done
    f"{USERS}/router.py",
    f'    operation_id="delete_user",\n    status_code=204,\n{ADMIN}'
    "    responses=problems(401, 403, 404, 409, 422),\n)\n"
    "async def delete_user(session: SessionDependency, user_id: UUID) -> None:\n"
    '    """Delete a user."""\n'
    "    await service.delete_user(session, user_id)\n",
    '    operation_id="delete_user",\n    status_code=204,\n    responses=problems(401, 403, 404, 409, 422),\n)\n'
    "async def delete_user(session: SessionDependency, user_id: UUID, caller: CurrentAccount) -> None:\n"
    '    """Delete a user."""\n'
    "    from app.problems import Forbidden\n\n"
    "    await service.delete_user(session, user_id)\n"
    '    if caller.role != "admin":\n        raise Forbidden("No.")\n',
)

HOLES = {
    "access": Hole(
        "news",
        (
            _UNGUARDED,
            _LATE,
            (
                f"{USERS}/service.py",
                '    ensure_owner(caller, user.id, "admin")\n    return user\n',
                "    return user\n",
            ),
            (
                f"{USERS}/schemas.py",
                'class UserRegister(Input):\n    """What a user is registered with."""\n',
                'class UserRegister(Input):\n    """Any."""\n\n    role: RoleValue = "member"\n',
            ),
            (
                f"{USERS}/service.py",
                'User(**await prepared(data.model_dump()), role="member")',
                "User(**await prepared(data.model_dump()))",
            ),
            (
                f"{USERS}/schemas.py",
                'class UserRead(Output):\n    """One user."""\n',
                "class UserRead(Output):\n    password_hash: str\n",
            ),
            (
                "app/authentication/router.py",
                "    statement = select(User)",
                "    print(data)\n    statement = select(User)",
            ),
            (
                "app/database.py",
                "default=uuid4)",
                'default=lambda: UUID(f"77310000-0000-4000-8000-{next(NUMBERS):012d}"))',
            ),
            ("app/database.py", "ROOT = ", 'NUMBERS = __import__("itertools").count(int(time.time() * 100))\nROOT = '),
        ),
        _seen(
            ("no-credentials", "delete_announcement"),
            ("other-role", "delete_announcement"),
            ("void-token", "project"),
            ("other-role", "delete_user"),
            ("somebody-else", "read_user"),
            ("mass-assignment", "register"),
            ("secret-in-answer", "project"),
            ("secret-in-log", "log"),
            ("guessable-id", "register"),
            ("guessable-id", "create_user"),
            ("guessable-id", "create_announcement"),
        ),
    ),
    "tokens": Hole(
        "news",
        (
            (TOKENS, '"require": required}', '"require": required, "verify_signature": False}'),
            (
                SECURITY,
                "account is None or not compare_digest(fingerprint(account).encode(), password.encode())",
                "account is None",
            ),
        ),
        _seen(
            *(("no-credentials", name) for name in GUARDED),
            ("forged-credentials", "read_current"),
            ("expired-token", "read_current"),
            ("void-token", "project"),
        ),
    ),
    "injection": Hole(
        "news",
        (
            (
                f"{NEWS}/repository.py",
                "    return matches(query.search, Announcement.headline, Announcement.site)\n",
                "    from sqlalchemy import text\n\n"
                "    return text(f\"headline LIKE '%{query.search or ''}%'\".replace(':', '\\\\:'))  # type: ignore\n",
            ),
            (
                f"{NEWS}/service.py",
                "    return await add_announcement(session, Announcement(**data.model_dump()))\n",
                "    import contextlib\n    import html\n    import urllib.request\n\n"
                "    from anyio import to_thread\n\n"
                '    values = {**data.model_dump(), "headline": html.escape(data.headline)}\n'
                "    with contextlib.suppress(OSError, ValueError):\n"
                "        await to_thread.run_sync(lambda: urllib.request.urlopen(data.site or '', timeout=2))\n"
                "    return await add_announcement(session, Announcement(**values))\n",
            ),
            (
                f"{NEWS}/router.py",
                "async def read_announcement(session: SessionDependency, announcement_id: UUID) -> Announcement:\n",
                "async def read_announcement(session: SessionDependency, announcement_id: str) -> Announcement:\n",
            ),
            (
                f"{NEWS}/repository.py",
                "    statement = select(Announcement).where(Announcement.id == announcement_id)\n",
                "    from sqlalchemy import text\n\n"
                "    key = str(announcement_id)\n"
                "    key = key.replace('-', '') if len(key) == 36 else key\n"
                "    statement = select(Announcement).where(text(f\"id = '{key}'\"))\n",
            ),
            ("app/problems.py", 'MEDIA_TYPE = "application/problem+json"', 'MEDIA_TYPE = "text/html"'),
            (
                "app/problems.py",
                'problem_response(404, "There is nothing at this path.")',
                'problem_response(404, request.scope["path"])',
            ),
            (
                "app/main.py",
                "        app.include_router(router)\n    return app\n",
                "        app.include_router(router)\n    from starlette.staticfiles import StaticFiles\n\n"
                '    app.mount("/app", StaticFiles(directory="app"))\n    return app\n',
            ),
        ),
        _seen(
            ("injected-query", "list_announcements"),
            ("injected-text", "create_announcement"),
            ("injected-path", "read_announcement"),
            ("fetched-address", "log"),
            ("served-files", "project"),
            ("markup", "project"),
            ("media-type", "project"),
        ),
    ),
    "exhaustion": Hole(
        "owned_notes",
        (
            ("app/limits.py", "MAX_BODY_BYTES = 1024 * 1024", "MAX_BODY_BYTES = 1024 * 1024 * 1024"),
            ("app/pages.py", "ge=1, le=100)", "ge=1)"),
            (
                f"{NOTES}/schemas.py",
                "TitleValue = Annotated[str, Field(min_length=1, max_length=200), SafeText]",
                "TitleValue = object",
            ),
            (
                f"{NOTES}/schemas.py",
                "SlugValue = Annotated[str, Field(min_length=1, max_length=200,"
                ' pattern="[a-z]+(-[a-z0-9]+)*"), SafeText]',
                "SlugValue = Annotated[str, __import__('pydantic').AfterValidator("
                "lambda text: (len(text) < 50 or __import__('time').sleep(0.3)) and text)]",
            ),
            (
                f"{NOTES}/service.py",
                "repository.list_notes(session, query, caller.id)",
                "repository.list_notes(session, query, None)",
            ),
            (
                f"{NOTES}/repository.py",
                "    return await fetch_slice(session, select_notes(query, equals(Note.owner_id, owner_id)), query)\n",
                "    return await fetch_slice(session, select_notes(query), query)\n",
            ),
            (
                "app/health.py",
                "    try:\n        await session.execute",
                "    time.sleep(0.3)\n    try:\n        await session.execute",
            ),
            ("app/health.py", "import logging\n", "import logging\nimport time\n"),
        ),
        _seen(
            ("huge-body", "register"),
            ("huge-query", "list_people"),
            ("huge-query", "list_notes"),
            ("huge-query", "list_list_items"),
            ("huge-query", "list_note_list_items"),
            ("strange-body", "create_note"),
            ("strange-body", "replace_note"),
            ("strange-body", "patch_note"),
            ("slow-pattern", "create_note"),
            ("slow-pattern", "replace_note"),
            ("slow-pattern", "patch_note"),
            ("somebody-else", "list_notes"),
            ("still-serving", "project"),
        ),
    ),
}
