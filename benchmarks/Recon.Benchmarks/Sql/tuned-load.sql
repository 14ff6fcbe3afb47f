-- What a careful DBA writes: everything as text into an unlogged table, without indexes.
create schema if not exists bench;
create unlogged table bench.bronze (
    comm_communicationid text, comm_opportunityid text, comm_caseid text, comm_type text, comm_action text,
    comm_status text, comm_priority text, comm_datetime text, comm_todatetime text, comm_note text, comm_subject text,
    comm_email text, comm_createddate text, comm_updateddate text, comm_originaldatetime text,
    comm_originaltodatetime text, person_id text, person_firstname text, person_lastname text,
    person_emailaddress text, company_id text, company_name text, case_description text, case_companyid text,
    case_personid text) with (autovacuum_enabled = off);

-- Trimmed, and null where the text means nothing.
create or replace function bench.clean(value text) returns text language sql immutable parallel safe return
    nullif(nullif(nullif(nullif(nullif(btrim(value, E' \t\r\n\u00a0'), ''), 'NULL'), 'N/A'), '-'), '#AUTO#');

-- Digits, without a tail of .0; null for everything else.
create or replace function bench.id(value text) returns text language sql immutable parallel safe return
    substring(value from '^([0-9]+)(\.0+)?$');
