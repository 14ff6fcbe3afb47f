"""The same job as a straightforward Python pipeline: pandas reads and compares, psycopg2 asks and writes.

Reads the connection from PGHOST and its companions; the arguments are the export and the schema to write to.
It does what Sql/tuned-transform.sql does, in the way of a script that somebody writes in an afternoon.
"""

import io
import json
import sys

import pandas as pd
import psycopg2

NULLS = ["", "NULL", "N/A", "-", "#AUTO#"]
SPACE = " \t\r\n\u00a0"
MAPS = {
    "hs_engagement_type": ("type", {"Appointment": "MEETING", "Email": "EMAIL", "Call": "CALL", "Task": "TASK"}),
    "hs_engagement_status": ("status", {s: s for s in ("Pending", "Complete", "Canceled", "In Progress")}),
    "hs_call_direction": ("action", {"PhoneOut": "OUTBOUND", "PhoneIn": "INBOUND"}),
}
COLUMNS = {
    "Comm_CommunicationId": "id", "Comm_Type": "type", "Comm_Action": "action", "Comm_Status": "status",
    "Comm_DateTime": "datetime", "Comm_Note": "note", "Comm_Subject": "subject", "Company_Id": "company",
    "Person_Id": "person", "Comm_OpportunityId": "deal",
}
PARENTS = {
    "company": ("hubspot.companies", "icalps_company_id"),
    "person": ("hubspot.contacts", "icalps_contact_id"),
    "deal": ("hubspot.deals", "icalps_deal_id"),
}
PROPERTIES = ["hs_engagement_subject", "hs_note_body", "hs_timestamp", "hs_engagement_type", "hs_engagement_status", "hs_call_direction"]


def read_export(path):
    frame = pd.read_csv(path, dtype=str, usecols=list(COLUMNS), keep_default_na=False, encoding="utf-8-sig")
    frame = frame.rename(columns=COLUMNS)
    for name in frame.columns:
        trimmed = frame[name].str.strip(SPACE)
        frame[name] = trimmed.mask(trimmed.isin(NULLS), None)
    for name in ("id", "company", "person", "deal"):
        frame[name] = frame[name].str.extract(r"^([0-9]+)(?:\.0+)?$", expand=False)
    return frame[frame["id"].notna()]


def fold(frame):
    """Of repeats the row with the least document stays; where rows differ in a mapped column, it is a conflict."""
    mapped = ["type", "action", "status", "datetime", "note", "subject"]
    repeats = frame["id"].duplicated(keep=False)
    again = frame[repeats].copy()
    distinct = again.drop_duplicates(["id"] + mapped).groupby("id").size()
    again["document"] = [document.encode() for document in legacy(again)]
    again = again.sort_values("document", kind="stable").drop_duplicates("id").drop(columns="document")
    frame = pd.concat([frame[~repeats], again])
    frame["conflict"] = frame["id"].isin(set(distinct[distinct > 1].index))
    return frame


def query(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def convert(frame):
    for prop, (column, values) in MAPS.items():
        frame["to_" + prop] = frame[column].map(values)
    frame["to_hs_engagement_subject"] = frame["subject"]
    frame["to_hs_note_body"] = frame["note"]
    local = pd.to_datetime(frame["datetime"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    frame["to_hs_timestamp"] = local.dt.tz_localize(
        "Europe/Paris", ambiguous=[True] * len(local), nonexistent=pd.Timedelta("1h")).dt.tz_convert("UTC")
    return frame


def collapse(series):
    return series.str.strip().str.replace(r"\s+", " ", regex=True)


def compare(frame):
    changed = {}
    for prop in PROPERTIES:
        new, old = frame["to_" + prop], frame[prop]
        if prop == "hs_timestamp":
            old = pd.to_datetime(old, utc=True)
            differs = new != old
        elif prop == "hs_note_body":
            differs = collapse(new) != collapse(old)
            cut = differs & (new.str.len() == 255)
            starts = [o is not None and o == o and o.startswith(n) for n, o in zip(new[cut], old[cut])]
            differs[cut] = [not start for start in starts]
        elif prop == "hs_engagement_subject":
            differs = new != old.str.strip(SPACE)
        else:
            differs = new != old
        changed[prop] = differs & new.notna() & (frame["reconciliation_status"] == "matched")
    return changed


def instant(value):
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def documents(frame, changed):
    updates = [{} for _ in range(len(frame))]
    for prop in PROPERTIES:
        flags = changed[prop].to_numpy()
        values = frame["to_" + prop].to_list()
        for row in flags.nonzero()[0]:
            updates[row][prop] = instant(values[row]) if prop == "hs_timestamp" else values[row]
    return [json.dumps(update, ensure_ascii=False) if update else "{}" for update in updates]


def legacy(frame):
    names = ["note", "type", "person", "company", "action", "status", "subject", "datetime", "deal"]
    keys = ["Comm_Note", "Comm_Type", "Person_Id", "Company_Id", "Comm_Action", "Comm_Status", "Comm_Subject", "Comm_DateTime",
            "Comm_OpportunityId"]
    return [json.dumps({k: v for k, v in zip(keys, row) if isinstance(v, str)}, ensure_ascii=False)
            for row in frame[names].itertuples(index=False, name=None)]


def write(connection, schema, frame):
    with connection.cursor() as cursor:
        cursor.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
        cursor.execute(f"""create table {schema}.communications (
            legacy_communication_id text, hubspot_engagement_id bigint, legacy_type text, legacy_subject text,
            legacy_datetime timestamptz, legacy_company_id text, hubspot_company_id bigint, legacy_contact_id text,
            hubspot_contact_id bigint, legacy_deal_id text, hubspot_deal_id bigint, legacy_properties jsonb,
            properties_to_update jsonb, reconciliation_status text)""")
        buffer = io.StringIO()
        frame.to_csv(buffer, index=False, header=False)
        buffer.seek(0)
        cursor.copy_expert(f"copy {schema}.communications from stdin with (format csv)", buffer)
        cursor.execute(f"alter table {schema}.communications add primary key (legacy_communication_id)")
        cursor.execute(f"create index on {schema}.communications (reconciliation_status)")
        cursor.execute(f"create index on {schema}.communications (hubspot_engagement_id)")
    connection.commit()


def main(path, schema):
    frame = convert(fold(read_export(path)))
    connection = psycopg2.connect("")
    mirror = query(connection, f"""select icalps_communication_id as id, hs_object_id, {', '.join(PROPERTIES)}
        from hubspot.engagements where not archived and icalps_communication_id is not null""")
    doubles = set(mirror.loc[mirror["id"].duplicated(keep=False), "id"])
    mirror = mirror.drop_duplicates("id", keep=False)
    frame = frame.merge(mirror, on="id", how="left")
    for name, (table, key) in PARENTS.items():
        parents = query(connection, f"select {key} as {name}, hs_object_id as hubspot_{name} from {table} where not archived and {key} is not null")
        frame = frame.merge(parents.drop_duplicates(name, keep=False), on=name, how="left")
    frame["reconciliation_status"] = frame["hs_object_id"].notna().map({True: "matched", False: "unmatched"})
    frame.loc[frame["id"].isin(doubles), "reconciliation_status"] = "ambiguous"
    frame.loc[frame["conflict"], "reconciliation_status"] = "conflict"
    for name in ("hs_object_id", "hubspot_company", "hubspot_person", "hubspot_deal"):
        frame[name] = frame[name].astype("Int64")
    frame["updates"] = documents(frame, compare(frame))
    frame["properties"] = legacy(frame)
    write(connection, schema, frame[[
        "id", "hs_object_id", "type", "subject", "to_hs_timestamp", "company", "hubspot_company", "person", "hubspot_person",
        "deal", "hubspot_deal", "properties", "updates", "reconciliation_status"]])
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
