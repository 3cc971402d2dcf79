"""The key that secrets in the store are encrypted with: where it comes from, whether it is the right one, and another one for it.

The key is the setting `PACC_ENCRYPTION_KEY`, or else the file `key` in the home, made for its owner alone when the first secret is
saved. The store keeps a word encrypted with it: a key that cannot read that word is another key, and nothing is written with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal.redaction import hide
from pacc.exceptions import EncryptionKeyError, StoreConflict
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from cryptography.fernet import Fernet

    from pacc.store import Store

FILE_NAME = "key"
"""The key's name in the home."""

_NEXT = "key.next"
_WORD = b"pacc"
_SECRETS = ("blocks", "notifications", "webhooks")
"""What has secrets, each with a statement `.sealed` that returns them and one `.reseal` that stores them anew."""
_ENVIRONMENTS = "shell_queue"
"""What has environments, likewise; most of what is in one is no secret, and one that cannot be read any more keeps nobody from anything."""
_TRIES = 5


class Cipher(NamedTuple):
    """A key that fits the store."""

    fernet: Fernet
    source: str
    """Where it comes from, in words."""
    proof: str = ""
    """The store's word that it reads. What is sealed may be stored only while the store still has it."""

    def seal(self, value: Any, *, hides: bool = True) -> str:
        """Return a value of JSON, encrypted; its texts are hidden from now on, as when it is opened, unless most are no secrets."""
        for text in _texts(value) if hides else ():
            hide(text)
        return self.fernet.encrypt(json.dumps(value).encode()).decode()

    def open(self, token: str, *, hides: bool = True) -> Any:
        """Return a value that was encrypted; from now on its texts are hidden wherever this process shows or logs text.

        Raises:
            EncryptionKeyError: it was encrypted with another key, or was changed.
        """
        from cryptography.fernet import InvalidToken  # start-up

        try:
            value = json.loads(self.fernet.decrypt(token))
        except InvalidToken:
            raise _wrong(self.source) from None
        for text in _texts(value) if hides else ():
            hide(text)
        return value


def cipher(store: Store) -> Cipher:
    """Return the store's key for reading secrets.

    Raises:
        EncryptionKeyError: it is missing, or another one.
    """
    found = _present(store.home)
    if found is None:
        raise _missing(store.home)
    return _proven(store, found)


def cipher_for_writing(store: Store) -> Cipher:
    """Return the store's key for writing secrets; the first time it is made.

    Raises:
        EncryptionKeyError: there are secrets already, and their key is missing or another one. Nothing was made.
    """
    proof = store.read("blocks.proof")  # first, as whoever makes a key has it before its proof
    found = _present(store.home)
    if found is None:
        if proof:
            raise _missing(store.home)
        _create(store.home / FILE_NAME, new_key())
        found = _present(store.home)
    if found is None:
        raise _missing(store.home)
    if not proof:
        store.write("blocks.first_proof", {"proof": found.fernet.encrypt(_WORD).decode()})
    return _proven(store, found)


def sealed_texts(store: Store) -> list[str]:
    """Return every secret in the store, encrypted as it stands there."""
    return [row["secrets"] for each in _SECRETS for row in store.read(f"{each}.sealed")]


def rotate(store: Store, key: str | None = None) -> int:
    """Encrypt all secrets with another key, and return how many blocks hold some.

    Everything is encrypted anew at once or not at all, whenever this process is killed.

    Args:
        store: where the blocks are.
        key: the key from now on, which the caller puts into `PACC_ENCRYPTION_KEY`; a new one in the key file unless given.

    Raises:
        EncryptionKeyError: the present key is missing or another one, the new one is none, or the present one comes from the
            setting and none was given. Nothing was changed.
    """
    if key is None and get_current_settings().encryption_key is not None:
        raise EncryptionKeyError(
            "the key comes from PACC_ENCRYPTION_KEY, where pacc cannot put another one",
            hint="Put a new key into another variable and name it: pacc block rotate-key --from-env NAME",
        )
    fernet = _fernet(new_key() if key is None else key, "the new key")
    cipher_for_writing(store)
    with _alone(store.home):
        present = cipher(store)
        return _rotate_to_setting(store, present, fernet) if key else _rotate_file(store, present)


def _rotate_file(store: Store, present: Cipher) -> int:
    """The new key lies beside the old one until the store has changed: a process killed between the two leaves both."""
    following = store.home / _NEXT
    kept = _read(store.home / FILE_NAME)
    with suppress(
        FileNotFoundError
    ):  # it is of a rotation that was killed after it changed the store, or before
        if kept is None or not _reads(_fernet(kept, present.source), present.proof):
            os.replace(following, store.home / FILE_NAME)
        else:
            os.unlink(following)
    key = new_key()
    _create(following, key)
    count = _reseal(store, present, _fernet(key, "the new key"))
    os.replace(following, store.home / FILE_NAME)
    _sync(store.home)
    return count


def _rotate_to_setting(store: Store, present: Cipher, fernet: Fernet) -> int:
    count = _reseal(store, present, fernet)
    with suppress(FileNotFoundError):
        os.unlink(store.home / FILE_NAME)
    return count


def new_key() -> str:
    """Return a key nobody has: 44 characters of text."""
    from cryptography.fernet import Fernet  # start-up

    return Fernet.generate_key().decode()


def _reseal(store: Store, present: Cipher, following: Fernet) -> int:
    proof = following.encrypt(_WORD).decode()
    for _ in range(_TRIES):
        before = _sealed(store.read)
        anew = {each: json.dumps(_anew(present, following, each, texts)) for each, texts in before.items()}
        with store.transaction() as transaction:
            if before == _sealed(transaction.run):
                for each, sealed in anew.items():
                    transaction.run(f"{each}.reseal", {"sealed": sealed})
                transaction.run("blocks.next_proof", {"proof": proof})
                return len(transaction.run("blocks.sealed"))
    raise StoreConflict("blocks are being saved all the time; the key was not changed", hint="Try again.")


def _sealed(read: Callable[[str], Iterable[Any]]) -> dict[str, dict[str, str]]:
    """Return everything that is encrypted, by what has it and by its id."""
    return {
        each: {row["id"]: row["secrets"] for row in read(f"{each}.sealed")}
        for each in (*_SECRETS, _ENVIRONMENTS)
    }


def _anew(present: Cipher, following: Fernet, whose: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return what was encrypted with the present key, encrypted with the following one."""
    sealing, secret = Cipher(following, "the new key"), whose in _SECRETS
    forgiven = () if secret else (EncryptionKeyError,)
    sealed = {}
    for each, text in texts.items():
        with suppress(*forgiven):
            sealed[each] = sealing.seal(present.open(text, hides=secret), hides=secret)
    return sealed


# -- where the key is ----------------------------------------------------------------------------------------------------


def _present(home: Path) -> Cipher | None:
    """Return the key of the setting or of the file, whether or not it fits."""
    key, source = get_current_settings().encryption_key, "PACC_ENCRYPTION_KEY"
    if key is None:
        key, source = _read(home / FILE_NAME), f"the file {home / FILE_NAME}"
    if key is None:
        return None
    hide(key)
    return Cipher(_fernet(key, source), source)


def _proven(store: Store, found: Cipher) -> Cipher:
    """Return a key with the word in the store that it reads.

    Raises:
        EncryptionKeyError: it does not.
    """
    rows = store.read("blocks.proof")
    proof = rows[0]["proof"] if rows else ""
    if not rows or _reads(found.fernet, proof):
        return found._replace(proof=proof)
    return _rotated(store, found, proof)


def _rotated(store: Store, found: Cipher, proof: str) -> Cipher:
    """Return the other key file's key: a rotation was killed, or is going on, after it changed the store.

    The key file is read once more, because the rotation may have come to its end meanwhile.
    """
    if found.source != "PACC_ENCRYPTION_KEY":
        for name in (_NEXT, FILE_NAME):
            key = _read(store.home / name)
            if key is not None and _reads(fernet := _fernet(key, found.source), proof):
                hide(key)
                return Cipher(fernet, found.source, proof)
    raise _wrong(found.source)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process at a time change the key."""
    fd = os.open(home / f"{FILE_NAME}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _reads(fernet: Fernet, proof: str) -> bool:
    from cryptography.fernet import InvalidToken  # start-up

    try:
        return fernet.decrypt(proof) == _WORD
    except InvalidToken:
        return False


def _fernet(key: str, source: str) -> Fernet:
    from cryptography.fernet import Fernet  # start-up

    try:
        return Fernet(key)
    except ValueError:
        raise EncryptionKeyError(
            f"{source} is no key: it should be 44 characters that stand for 32 bytes",
            hint="A new one: `python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`",
        ) from None


def _read(path: Path) -> str | None:
    """Return what a key file holds, `None` where there is none.

    Raises:
        EncryptionKeyError: others could have read or written it.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EncryptionKeyError(f"the key file {path} cannot be read: {error.strerror}") from None
    with open(fd, "rb") as file:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise EncryptionKeyError(
                f"the key file {path} is not yours alone, so others may know the key",
                hint=f"If nobody else could read it: `chmod 600 {path}`; otherwise change what it protects.",
            )
        return file.read(4096).decode("ascii", "replace").strip()


def _create(path: Path, key: str) -> None:
    """Write a key file that was not there, whole from its first moment; one that is there by then stays."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    fd = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(fd, "wb") as file:
            os.fchmod(fd, 0o600)
            file.write(f"{key}\n".encode())
            file.flush()
            os.fsync(fd)
        with suppress(FileExistsError):
            os.link(partial, path)
    finally:
        os.unlink(partial)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


# -- what is said --------------------------------------------------------------------------------------------------------


def _missing(home: Path) -> EncryptionKeyError:
    return EncryptionKeyError(
        "the key of the secrets in the blocks is gone",
        hint=f"Bring back the file {home / FILE_NAME}, or set PACC_ENCRYPTION_KEY; nothing was changed.",
    )


def _wrong(source: str) -> EncryptionKeyError:
    return EncryptionKeyError(
        f"{source} is not the key the secrets in the blocks were encrypted with",
        hint="Bring back the right one, in the file or in PACC_ENCRYPTION_KEY; nothing was changed.",
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
