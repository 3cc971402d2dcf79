"""The key of the secrets: made once for its owner alone, refused when it is the wrong one, changed for all blocks or for none."""

from __future__ import annotations

import base64
import json
import os
import threading

import pytest
from cryptography.fernet import Fernet

from pacc.blocks.core import Block
from pacc.blocks.system import Secret, String
from pacc.exceptions import EncryptionKeyError
from pacc.services import block_listing, blocks, encryption
from pacc.settings import get_current_settings, refresh_settings
from pacc.store import open_store

OTHER = base64.urlsafe_b64encode(b"another key, of thirty-two bytes").decode()


@pytest.fixture
def store():
    return open_store(get_current_settings().home)


@pytest.fixture
def key(store):
    """The path of the key file, after two secrets were saved."""
    Secret(value="first-canary").save("first")
    Secret(value={"deep": "second-canary"}).save("second")
    String(value="no secret").save("plain")
    return store.home / "key"


@pytest.fixture
def use_key(monkeypatch):
    """Set `PACC_ENCRYPTION_KEY`, or unset it with `None`."""

    def use(value):
        if value is None:
            monkeypatch.delenv("PACC_ENCRYPTION_KEY")
        else:
            monkeypatch.setenv("PACC_ENCRYPTION_KEY", value)
        refresh_settings()

    return use


def revealed():
    return Secret.load("first").get(), Secret.load("second").get()["deep"]


def dump(store):
    return [tuple(row) for row in store.read("blocks.sealed")]


# -- the key file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_key_file_is_its_owners_alone_whatever_the_mask(mask, store):
    before = os.umask(mask)
    try:
        Secret(value="first-canary").save("first")
    finally:
        os.umask(before)
    assert (store.home / "key").stat().st_mode & 0o777 == 0o600
    assert store.home.stat().st_mode & 0o777 == 0o700


def test_without_secrets_there_is_no_key(store):
    String(value="no secret").save("plain")
    assert not (store.home / "key").exists()


def test_two_who_save_the_first_secret_at_once_share_one_key(store):
    barrier = threading.Barrier(4)

    def save(number):
        barrier.wait()
        Secret(value=number).save(f"n{number}")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Secret.load(f"n{number}").get() for number in range(4)] == [0, 1, 2, 3]
    assert [each.name for each in store.home.glob("key*")] == ["key"]


def test_a_key_that_someone_else_makes_while_this_one_looks_is_used(store, monkeypatch):
    look = encryption._present

    def slowly(home):
        found = look(home)
        monkeypatch.setattr(encryption, "_present", look)
        Secret(value=1).save("theirs")
        return found

    monkeypatch.setattr(encryption, "_present", slowly)
    Secret(value=2).save("mine")
    assert [Secret.load(name).get() for name in ("theirs", "mine")] == [1, 2]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_others_may_read_is_refused(key, mode):
    key.chmod(mode)
    with pytest.raises(EncryptionKeyError, match="is not yours alone"):
        revealed()


def test_a_link_in_the_place_of_the_key_file_is_refused(key, tmp_path):
    key.rename(tmp_path / "elsewhere")
    key.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EncryptionKeyError, match="cannot be read"):
        revealed()


# -- the wrong key -----------------------------------------------------------------------------------------------------


def test_without_its_key_nothing_is_read_nothing_is_written_and_no_new_key_is_made(key, store):
    key.unlink()
    before = dump(store)
    with pytest.raises(EncryptionKeyError, match="the key of the secrets in the blocks is gone"):
        revealed()
    for save in (
        lambda: Secret(value=1).save("third"),
        lambda: Secret(value=1).save("first", overwrite=True),
    ):
        with pytest.raises(EncryptionKeyError, match="is gone"):
            save()
    with pytest.raises(EncryptionKeyError, match="is gone"):
        encryption.rotate(store)
    assert dump(store) == before
    assert not key.exists()


def test_with_another_key_nothing_is_read_and_nothing_is_overwritten(key, store):
    mine = key.read_text()
    key.write_text(OTHER)
    before = dump(store)
    with pytest.raises(
        EncryptionKeyError, match="is not the key the secrets in the blocks were encrypted with"
    ):
        revealed()
    for change in (
        lambda: Secret(value=1).save("first", overwrite=True),
        lambda: encryption.rotate(store),
        lambda: encryption.rotate(store, OTHER),
    ):
        with pytest.raises(EncryptionKeyError, match="is not the key"):
            change()
    assert (dump(store), key.read_text()) == (before, OTHER)
    key.write_text(mine)
    assert revealed() == ("first-canary", "second-canary")


def test_blocks_without_secrets_and_masked_ones_need_no_key(key, store):
    key.unlink()
    assert String.load("plain").value == "no secret"
    assert blocks.find(store, "secret/first").data == {"value": "********"}
    assert [each.name for each in block_listing.summaries(store)] == ["first", "second", "plain"]


@pytest.mark.parametrize("text", ["", "short", "x" * 44, OTHER[:-1], "é" * 44])
def test_what_is_no_key_is_refused(key, use_key, text):
    key.write_text(text)
    with pytest.raises(EncryptionKeyError, match="is no key"):
        revealed()


# -- the key of the setting --------------------------------------------------------------------------------------------


def test_the_setting_is_the_key_and_no_file_is_made(use_key, store):
    use_key(OTHER)
    Secret(value="first-canary").save("first")
    assert Secret.load("first").get() == "first-canary"
    assert not (store.home / "key").exists()
    use_key(None)
    with pytest.raises(EncryptionKeyError, match="is gone"):
        Secret.load("first")
    use_key(Fernet.generate_key().decode())
    with pytest.raises(EncryptionKeyError, match="PACC_ENCRYPTION_KEY is not the key"):
        Secret.load("first")
    use_key("nonsense")
    with pytest.raises(EncryptionKeyError, match="PACC_ENCRYPTION_KEY is no key") as caught:
        Secret.load("first")
    assert "nonsense" not in str(caught.value)


# -- another key -------------------------------------------------------------------------------------------------------


def test_rotating_changes_the_key_and_every_secret_and_loses_none(key, store):
    before, mine = dump(store), key.read_text()
    assert encryption.rotate(store) == 2
    assert key.read_text() != mine
    assert key.stat().st_mode & 0o777 == 0o600
    assert {token for _, token in dump(store)}.isdisjoint(token for _, token in before)
    assert revealed() == ("first-canary", "second-canary")
    key.write_text(mine)
    with pytest.raises(EncryptionKeyError):
        revealed()


def test_rotating_to_a_key_of_the_setting_ends_the_key_file(key, store, use_key):
    assert encryption.rotate(store, OTHER) == 2
    assert not key.exists()
    use_key(OTHER)
    assert revealed() == ("first-canary", "second-canary")
    with pytest.raises(EncryptionKeyError, match="where pacc cannot put another one"):
        encryption.rotate(store)
    with pytest.raises(EncryptionKeyError, match="the new key is no key"):
        encryption.rotate(store, "nonsense")
    assert revealed() == ("first-canary", "second-canary")


@pytest.mark.parametrize("step", ["_reseal", "replace"])
def test_a_rotation_that_was_killed_leaves_everything_readable_and_is_done_again(
    key, store, monkeypatch, step
):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if step == "replace":
            patched.setattr(os, "replace", killed)
        else:
            patched.setattr(encryption, step, killed)
        with pytest.raises(KeyboardInterrupt):
            encryption.rotate(store)
    assert (key.with_name("key.next")).exists()
    assert revealed() == ("first-canary", "second-canary")
    Secret(value="third-canary").save("third")
    assert encryption.rotate(store) == 3
    assert not key.with_name("key.next").exists()
    assert (*revealed(), Secret.load("third").get()) == ("first-canary", "second-canary", "third-canary")


def test_what_is_saved_while_the_key_changes_is_encrypted_with_the_new_one(key, store, monkeypatch):
    real, rotated = encryption.cipher_for_writing, []

    def rotated_meanwhile(store):
        cipher = real(store)
        if not rotated:
            rotated.append(True)
            encryption.rotate(store)
        return cipher

    monkeypatch.setattr(encryption, "cipher_for_writing", rotated_meanwhile)
    Secret(value="third-canary").save("third")
    assert (*revealed(), Block.load("secret/third").get()) == (
        "first-canary",
        "second-canary",
        "third-canary",
    )


def test_a_changed_token_is_not_believed(key, store):
    store.write("blocks.reseal", {"sealed": json.dumps({dump(store)[0][0]: "gAAAAAnonsense"})})
    with pytest.raises(EncryptionKeyError):
        revealed()
