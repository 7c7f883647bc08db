"""Undo over the API: changes are taken back, deleted groups restored, addresses released."""


def delete(manager, group):
    assert manager.change("DELETE", f"/groups/{group.uuid}").status_code == 204


def last_change(manager):
    return manager.get("/audit?limit=1")["items"][0]["change"]


def test_a_change_is_undone_by_what_the_audit_log_calls_it(manager, find):
    team = find("team")
    manager.change("PATCH", f"/groups/{team.uuid}", json={"display_name": "Another"})
    answer = manager("POST", f"/audit/changes/{last_change(manager)}/undo")
    numbers = {"members_back": 0, "members_gone": 0, "settings_back": 1}
    assert answer.json == {"groups": ["team@example.org"], "notes": [], **numbers}
    assert find("team").settings == team.settings


def test_what_is_undone_already_is_refused(manager, find):
    manager.change("PATCH", f"/groups/{find('team').uuid}", json={"display_name": "Another"})
    path = f"/audit/changes/{last_change(manager)}/undo"
    assert manager("POST", path).status_code == 200
    refused = manager("POST", path)
    assert refused.status_code == 409
    assert "nothing of this change is left to undo" in refused.json["detail"]


def test_whoever_could_not_do_it_by_hand_cannot_undo_it(manager, caller, reader, find):
    secret = find("secret")
    manager.change("PATCH", f"/groups/{secret.uuid}", json={"display_name": "Another"})
    path = f"/audit/changes/{last_change(manager)}/undo"
    assert reader("POST", path).status_code == 403
    assert caller("zoe@example.org", may_write=True)("POST", path).status_code == 404
    unknown = "/audit/changes/00000000-0000-0000-0000-000000000000/undo"
    assert manager("POST", unknown).status_code == 404


def test_a_deleted_group_is_listed_and_restored(manager, reader, find):
    team = find("team")
    delete(manager, team)
    (listed,) = manager.get("/deleted-groups")["items"]
    assert (listed["uuid"], listed["address"]) == (team.uuid, "team@example.org")
    assert listed["deleted_by"] == "admin@example.org"
    assert reader.get("/deleted-groups")["items"] == []
    path = f"/deleted-groups/{team.uuid}/restore"
    assert reader("POST", path).status_code == 403
    answer = manager("POST", path)
    assert answer.json == {"uuid": team.uuid, "address": "team@example.org", "notes": []}
    assert manager("POST", path).status_code == 404
    assert find("team").settings == team.settings


def test_an_address_is_released_with_a_token_alone(manager, caller, admin, find):
    team = find("team")
    delete(manager, team)
    path = f"/deleted-groups/{team.uuid}"
    token = admin.form_on("/compose").values["csrf_token"]
    by_session = admin.client.delete(f"/api/v1{path}", headers={"X-CSRF-Token": token})
    assert by_session.status_code == 403
    assert caller("ada@example.org", may_write=True)("DELETE", path).status_code == 404
    assert manager("DELETE", path).status_code == 204
    assert manager("DELETE", path).status_code == 404
    body = {"address": "team@example.org", "members": ["ada@example.org"]}
    assert manager("POST", "/groups", json=body).status_code == 201


def test_deleted_groups_come_in_pages(manager, find):
    for name in ("team", "secret"):
        delete(manager, find(name))
    first = manager.get("/deleted-groups?limit=1")
    rest = manager.get(f"/deleted-groups?limit=1&cursor={first['next_cursor']}")
    found = [each["address"] for each in first["items"] + rest["items"]]
    assert found == ["secret@example.org", "team@example.org"]
    assert "next_cursor" not in rest
