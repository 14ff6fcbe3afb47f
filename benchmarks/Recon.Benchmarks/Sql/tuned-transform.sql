-- The same questions as the shipped definition asks about communications, set-based: one scan in parallel (offset '0' keeps
-- the steps apart without making it serial, as offset 0 does), hash joins, the slow way of a conversion or comparison only
-- where the quick one does not decide, jsonb only for what changes: the legacy properties stay one text, of which a view makes
-- jsonb. Repeats and doubles are found beforehand and treated apart, so that the large pass needs no sort.
set work_mem = '256MB';
set maintenance_work_mem = '256MB';
set max_parallel_workers_per_gather = 2;
set max_parallel_maintenance_workers = 2;
set hash_mem_multiplier = 2;
set min_parallel_table_scan_size = '1MB';
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
set synchronous_commit = off;

create unlogged table bench.repeated as
select bench.id2(comm_communicationid) as id from bench.bronze group by 1 having count(*) > 1;

create unlogged table bench.doubles as
select icalps_communication_id as id,
    count(*) || ' HubSpot records by legacy-id: ' || string_agg(hs_object_id::text, ', ' order by hs_object_id) as note
from hubspot.engagements where icalps_communication_id in (
  select icalps_communication_id from hubspot.engagements where not archived and icalps_communication_id is not null group by 1 having count(*) > 1)
  and not archived group by 1;
create unlogged table bench.companies as
select icalps_company_id as id, min(hs_object_id) as hs_object_id from hubspot.companies
where not archived and icalps_company_id is not null group by 1 having count(*) = 1;
create unlogged table bench.contacts as
select icalps_contact_id as id, min(hs_object_id) as hs_object_id from hubspot.contacts
where not archived and icalps_contact_id is not null group by 1 having count(*) = 1;
create unlogged table bench.deals as
select icalps_deal_id as id, min(hs_object_id) as hs_object_id from hubspot.deals
where not archived and icalps_deal_id is not null group by 1 having count(*) = 1;
analyze bench.repeated, bench.doubles, bench.companies, bench.contacts, bench.deals;

create table bench.staged as
with legacy as (
    select bench.id2(comm_communicationid) as id, bench.clean2(comm_type) as type,
        bench.clean2(comm_action) as action, bench.clean2(comm_status) as status, bench.clean2(comm_datetime) as datetime,
        bench.clean2(comm_note) as note, bench.clean2(comm_subject) as subject,
        bench.id2(company_id) as company, bench.id2(person_id) as person,
        bench.id2(comm_opportunityid) as deal
    from bench.bronze offset '0'
), converted as (
    select *,
        case type when 'Appointment' then 'MEETING' when 'Email' then 'EMAIL' when 'Call' then 'CALL' when 'Task' then 'TASK' end as to_type,
        case when status in ('Pending', 'Complete', 'Canceled', 'In Progress') then status end as to_status,
        case action when 'PhoneOut' then 'OUTBOUND' when 'PhoneIn' then 'INBOUND' end as to_direction,
        case when octet_length(datetime) = 19 and translate(datetime,'123456789','000000000') = '0000-00-00 00:00:00' then datetime::timestamp at time zone 'Europe/Paris' end as late
    from legacy where id is not null offset '0'
), timed as (
    select *, case when substr(datetime,12,2) = '02' and (late - interval '1 hour') at time zone 'Europe/Paris' = late at time zone 'Europe/Paris'
        then late - interval '1 hour' else late end as to_timestamp
    from converted offset '0'
), compared as (
    select t.*, m.hs_object_id, d.note as double_note,
        c.hs_object_id as hubspot_company, p.hs_object_id as hubspot_person, o.hs_object_id as hubspot_deal,
        m.hs_engagement_subject, m.hs_note_body, m.hs_timestamp, m.hs_engagement_type, m.hs_engagement_status, m.hs_call_direction,
        m.hs_object_id is not null and d.id is null as matched,
        subject is not null and subject is distinct from m.hs_engagement_subject and subject is distinct from btrim(m.hs_engagement_subject, E' \t\r\n\u00a0') as new_subject,
        case when t.note is null or t.note = m.hs_note_body then false
            when length(t.note) = 255 and starts_with(m.hs_note_body, t.note) then false
            when translate(t.note, E' \t\n\r\f\v', '') is distinct from translate(m.hs_note_body, E' \t\n\r\f\v', '') then true
            else regexp_replace(t.note, '\s+', ' ', 'g') is distinct from regexp_replace(btrim(m.hs_note_body), '\s+', ' ', 'g') end as new_note,
        to_timestamp is not null and to_timestamp is distinct from m.hs_timestamp as new_timestamp,
        to_type is not null and to_type is distinct from m.hs_engagement_type as new_type,
        to_status is not null and to_status is distinct from m.hs_engagement_status as new_status,
        to_direction is not null and to_direction is distinct from m.hs_call_direction as new_direction
    from timed t
    left join bench.doubles d on d.id = t.id
    left join hubspot.engagements m on m.icalps_communication_id = t.id and not m.archived and d.id is null
    left join bench.companies c on c.id = t.company
    left join bench.contacts p on p.id = t.person
    left join bench.deals o on o.id = t.deal
    offset '0'
), flagged as (
    select *, matched and (new_subject or new_note or new_timestamp or new_type or new_status or new_direction) as changed from compared
)
select id as legacy_communication_id, hs_object_id as hubspot_engagement_id, type as legacy_type,
    subject as legacy_subject, to_timestamp as legacy_datetime, company as legacy_company_id, hubspot_company as hubspot_company_id,
    person as legacy_contact_id, hubspot_person as hubspot_contact_id, deal as legacy_deal_id, hubspot_deal as hubspot_deal_id,
    concat_ws(E'\x01', E'Comm_Note\x01' || note, E'Comm_Type\x01' || type, E'Person_Id\x01' || person, E'Company_Id\x01' || company,
        E'Comm_Action\x01' || action, E'Comm_Status\x01' || status, E'Comm_Subject\x01' || subject, E'Comm_DateTime\x01' || datetime,
        E'Comm_OpportunityId\x01' || deal) as legacy_values,
    case when changed then jsonb_object(string_to_array(concat_ws(E'\x01',
        case when new_subject then E'hs_engagement_subject\x01' || subject end,
        case when new_note then E'hs_note_body\x01' || note end,
        case when new_timestamp then E'hs_timestamp\x01' || to_char(to_timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end,
        case when new_type then E'hs_engagement_type\x01' || to_type end,
        case when new_status then E'hs_engagement_status\x01' || to_status end,
        case when new_direction then E'hs_call_direction\x01' || to_direction end), E'\x01')) else '{}'::jsonb end as properties_to_update,
    case when changed then jsonb_object(string_to_array(concat_ws(E'\x01',
        case when new_subject then E'hs_engagement_subject\x01' || coalesce(hs_engagement_subject, E'\x02') end,
        case when new_note then E'hs_note_body\x01' || coalesce(hs_note_body, E'\x02') end,
        case when new_timestamp then E'hs_timestamp\x01' || coalesce(to_char(hs_timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), E'\x02') end,
        case when new_type then E'hs_engagement_type\x01' || coalesce(hs_engagement_type, E'\x02') end,
        case when new_status then E'hs_engagement_status\x01' || coalesce(hs_engagement_status, E'\x02') end,
        case when new_direction then E'hs_call_direction\x01' || coalesce(hs_call_direction, E'\x02') end), E'\x01', E'\x02')) else '{}'::jsonb end as previous_values,
    case when matched then 'matched' when double_note is not null then 'ambiguous' else 'unmatched' end as reconciliation_status,
    case when matched then 100.00::numeric(5,2) else 0.00::numeric(5,2) end as match_confidence,
    case when matched or double_note is not null then 'legacy-id' end as match_rule,
    nullif(concat_ws('; ',
        case when type is not null and to_type is null then 'hs_engagement_type not staged: unmapped' end,
        case when datetime is not null and to_timestamp is null then 'hs_timestamp not staged: date-lost' end,
        double_note,
        'company ' || case when hubspot_company is null then company end || ' has no HubSpot record',
        'contact ' || case when hubspot_person is null then person end || ' has no HubSpot record',
        'deal ' || case when hubspot_deal is null then deal end || ' has no HubSpot record'), '') as notes,
    now() as last_updated
from flagged;

create unlogged table bench.again as
select ctid as at, legacy_communication_id as id,
    row_number() over (partition by legacy_communication_id order by properties::text collate "C") as number,
    properties - '{Person_Id,Company_Id,Comm_OpportunityId}'::text[] as content
from (select *, ctid, jsonb_object(string_to_array(legacy_values, E'\x01')) as properties from bench.staged) s where legacy_communication_id in (select id from bench.repeated);
update bench.staged s set reconciliation_status = 'conflict', properties_to_update = '{}', previous_values = '{}',
    notes = 'the file holds ' || rows || ' rows with this id that differ'
from (select id, min(at) filter (where number = 1) as at, count(*) as rows from bench.again group by id having count(distinct content) > 1) g
where s.ctid = g.at;
delete from bench.staged where ctid in (select at from bench.again where number > 1);

alter table bench.staged add primary key (legacy_communication_id);
create index on bench.staged (reconciliation_status, last_updated desc) where reconciliation_status <> 'matched';
create index on bench.staged (hubspot_engagement_id);
