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

-- The same, quickly where nothing is to be done: ascii() is the first code point, right(, 1) the last character.
create or replace function bench.clean2(v text) returns text language sql immutable parallel safe return
  case when v is null then null
       when ascii(v) in (0,9,10,13,32,35,45,78,160) or right(v,1) in (' ',E'\t',E'\r',E'\n',U&'\00a0') then bench.clean(v)
       else v end;
create or replace function bench.id2(v text) returns text language sql immutable parallel safe return
  case when v is null then null when translate(v,'0123456789','') = '' and v <> '' then v else bench.id(bench.clean(v)) end;
