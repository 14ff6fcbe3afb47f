-- The same questions as the shipped definition asks about communications, set-based: one parallel pass with hash joins,
-- repeats and doubles found beforehand and treated apart, so that the large pass needs no sort.
set work_mem = '256MB';
set maintenance_work_mem = '256MB';
set max_parallel_workers_per_gather = 2;
set max_parallel_maintenance_workers = 2;
set hash_mem_multiplier = 2;
set min_parallel_table_scan_size = '1MB';
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;

create unlogged table bench.repeated as
select bench.id(bench.clean(comm_communicationid)) as id from bench.bronze group by 1 having count(*) > 1;

create unlogged table bench.doubles as
select icalps_communication_id as id,
    count(*) || ' HubSpot records by legacy-id: ' || string_agg(hs_object_id::text, ', ' order by hs_object_id) as note
from hubspot.engagements where not archived and icalps_communication_id is not null group by 1 having count(*) > 1;
create unlogged table bench.companies as
select icalps_company_id as id, min(hs_object_id) as hs_object_id from hubspot.companies
where not archived and icalps_company_id is not null group by 1 having count(*) = 1;
create unlogged table bench.contacts as
select icalps_contact_id as id, min(hs_object_id) as hs_object_id from hubspot.contacts
where not archived and icalps_contact_id is not null group by 1 having count(*) = 1;
create unlogged table bench.deals as
select icalps_deal_id as id, min(hs_object_id) as hs_object_id from hubspot.deals
where not archived and icalps_deal_id is not null group by 1 having count(*) = 1;
analyze bench.bronze, bench.repeated, bench.doubles, bench.companies, bench.contacts, bench.deals;

create table bench.staged as
with legacy as (
    select bench.id(bench.clean(comm_communicationid)) as id, bench.clean(comm_type) as type,
        bench.clean(comm_action) as action, bench.clean(comm_status) as status, bench.clean(comm_datetime) as datetime,
        bench.clean(comm_note) as note, bench.clean(comm_subject) as subject,
        bench.id(bench.clean(company_id)) as company, bench.id(bench.clean(person_id)) as person,
        bench.id(bench.clean(comm_opportunityid)) as deal
    from bench.bronze offset 0 -- a barrier: what follows uses each value several times
), converted as (
    select *,
        case type when 'Appointment' then 'MEETING' when 'Email' then 'EMAIL' when 'Call' then 'CALL' when 'Task' then 'TASK' end as to_type,
        case when status in ('Pending', 'Complete', 'Canceled', 'In Progress') then status end as to_status,
        case action when 'PhoneOut' then 'OUTBOUND' when 'PhoneIn' then 'INBOUND' end as to_direction,
        case when datetime ~ '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$' then datetime::timestamp at time zone 'Europe/Paris' end as late
    from legacy where id is not null offset 0
), timed as (
    -- Of an hour that occurs twice, the earlier one is meant; the server takes the later one.
    select *, case when (late - interval '1 hour') at time zone 'Europe/Paris' = late at time zone 'Europe/Paris'
        then late - interval '1 hour' else late end as to_timestamp
    from converted offset 0
), compared as (
    select t.*, m.hs_object_id, d.note as double_note,
        c.hs_object_id as hubspot_company, p.hs_object_id as hubspot_person, o.hs_object_id as hubspot_deal,
        m.hs_engagement_subject, m.hs_note_body, m.hs_timestamp, m.hs_engagement_type, m.hs_engagement_status, m.hs_call_direction,
        m.hs_object_id is not null and d.id is null as matched,
        subject is not null and subject is distinct from btrim(m.hs_engagement_subject, E' \t\r\n\u00a0') as new_subject,
        case when t.note is null or t.note = m.hs_note_body then false
            when length(t.note) = 255 and starts_with(m.hs_note_body, t.note) then false
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
    offset 0
)
select id as legacy_communication_id, hs_object_id as hubspot_engagement_id, type as legacy_type,
    subject as legacy_subject, to_timestamp as legacy_datetime, company as legacy_company_id, hubspot_company as hubspot_company_id,
    person as legacy_contact_id, hubspot_person as hubspot_contact_id, deal as legacy_deal_id, hubspot_deal as hubspot_deal_id,
    jsonb_strip_nulls(jsonb_build_object('Comm_Note', note, 'Comm_Type', type, 'Person_Id', person, 'Company_Id', company,
        'Comm_Action', action, 'Comm_Status', status, 'Comm_Subject', subject, 'Comm_DateTime', datetime,
        'Comm_OpportunityId', deal)) as legacy_properties,
    case when matched and (new_subject or new_note or new_timestamp or new_type or new_status or new_direction) then jsonb_strip_nulls(jsonb_build_object(
        'hs_engagement_subject', case when new_subject then subject end,
        'hs_note_body', case when new_note then note end,
        'hs_timestamp', case when new_timestamp then to_char(to_timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end,
        'hs_engagement_type', case when new_type then to_type end,
        'hs_engagement_status', case when new_status then to_status end,
        'hs_call_direction', case when new_direction then to_direction end)) else '{}'::jsonb end as properties_to_update,
    case when matched and (new_subject or new_note or new_timestamp or new_type or new_status or new_direction) then
        (case when new_subject then jsonb_build_object('hs_engagement_subject', hs_engagement_subject) else '{}'::jsonb end)
        || (case when new_note then jsonb_build_object('hs_note_body', hs_note_body) else '{}'::jsonb end)
        || (case when new_timestamp then jsonb_build_object('hs_timestamp', to_char(hs_timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) else '{}'::jsonb end)
        || (case when new_type then jsonb_build_object('hs_engagement_type', hs_engagement_type) else '{}'::jsonb end)
        || (case when new_status then jsonb_build_object('hs_engagement_status', hs_engagement_status) else '{}'::jsonb end)
        || (case when new_direction then jsonb_build_object('hs_call_direction', hs_call_direction) else '{}'::jsonb end)
        else '{}'::jsonb end as previous_values,
    case when matched then 'matched' when double_note is not null then 'ambiguous' else 'unmatched' end as reconciliation_status,
    case when matched then 100.00 else 0.00 end::numeric(5, 2) as match_confidence,
    case when matched or double_note is not null then 'legacy-id' end as match_rule,
    nullif(concat_ws('; ',
        case when type is not null and to_type is null then 'hs_engagement_type not staged: unmapped' end,
        case when datetime is not null and to_timestamp is null then 'hs_timestamp not staged: date-lost' end,
        double_note,
        'company ' || case when hubspot_company is null then company end || ' has no HubSpot record',
        'contact ' || case when hubspot_person is null then person end || ' has no HubSpot record',
        'deal ' || case when hubspot_deal is null then deal end || ' has no HubSpot record'), '') as notes,
    now() as last_updated
from compared;

-- Repeats: the first row stays. Where rows differ in a mapped column, it is a conflict.
create unlogged table bench.again as
select ctid as at, legacy_communication_id as id,
    row_number() over (partition by legacy_communication_id order by legacy_properties::text collate "C") as number,
    legacy_properties - '{Person_Id,Company_Id,Comm_OpportunityId}'::text[] as content
from bench.staged where legacy_communication_id in (select id from bench.repeated);
update bench.staged s set reconciliation_status = 'conflict', properties_to_update = '{}', previous_values = '{}',
    notes = 'the file holds ' || rows || ' rows with this id that differ'
from (select id, min(at) filter (where number = 1) as at, count(*) as rows from bench.again group by id having count(distinct content) > 1) g
where s.ctid = g.at;
delete from bench.staged where ctid in (select at from bench.again where number > 1);

alter table bench.staged add primary key (legacy_communication_id);
create index on bench.staged (reconciliation_status, last_updated desc) where reconciliation_status <> 'matched';
create index on bench.staged (hubspot_engagement_id);

-- Publication: the new result takes the place of the former one.
begin;
drop table if exists bench.communications;
alter table bench.staged rename to communications;
commit;
