-- The same questions as tuned-transform.sql asks, in DuckDB; {folder} has the mirror and gets the result. Each step is materialised
-- before the next one filters: otherwise an expression is pushed into the scan, and computed again for each use.
create macro clean(v) as case trim(v, E' \t\r\n' || chr(160))
    when '' then null when 'NULL' then null when 'N/A' then null when '-' then null when '#AUTO#' then null
    else trim(v, E' \t\r\n' || chr(160)) end;
-- Digits, without a tail of .0; the regular expression only where there is something else.
create macro id(v) as case when v is null then null when regexp_full_match(v, '[0-9]+') then v
    else nullif(regexp_extract(clean(v), '^([0-9]+)(\.0+)?$', 1), '') end;

create temp table engagements as from read_csv('{folder}/engagements.csv', header = false, delim = ',', quote = '"', escape = '"', columns = {
    'hs_object_id': 'bigint', 'id': 'varchar', 'subject': 'varchar', 'note': 'varchar', 'timestamp': 'varchar', 'type': 'varchar',
    'status': 'varchar', 'direction': 'varchar'});
create temp table companies as select id, min(hs_object_id) as hs_object_id
from read_csv('{folder}/companies.csv', header = false, columns = {'hs_object_id': 'bigint', 'id': 'varchar'}) group by 1 having count(*) = 1;
create temp table contacts as select id, min(hs_object_id) as hs_object_id
from read_csv('{folder}/contacts.csv', header = false, columns = {'hs_object_id': 'bigint', 'id': 'varchar'}) group by 1 having count(*) = 1;
create temp table deals as select id, min(hs_object_id) as hs_object_id
from read_csv('{folder}/deals.csv', header = false, columns = {'hs_object_id': 'bigint', 'id': 'varchar'}) group by 1 having count(*) = 1;
create temp table doubles as select id,
    count(*) || ' HubSpot records by legacy-id: ' || string_agg(hs_object_id, ', ' order by hs_object_id) as note
from engagements where id in (select id from engagements group by 1 having count(*) > 1) group by 1;

create temp table converted as
with legacy as (
    select id(Comm_CommunicationId) as id, clean(Comm_Type) as type, clean(Comm_Action) as action, clean(Comm_Status) as status,
        clean(Comm_DateTime) as datetime, clean(Comm_Note) as note, clean(Comm_Subject) as subject,
        id(Company_Id) as company, id(Person_Id) as person, id(Comm_OpportunityId) as deal
    from bronze
), timed as (
    select *, timezone('Europe/Paris', try_strptime(datetime, '%Y-%m-%d %H:%M:%S')) as late from legacy where id is not null
)
select * exclude late,
    case type when 'Appointment' then 'MEETING' when 'Email' then 'EMAIL' when 'Call' then 'CALL' when 'Task' then 'TASK' end as to_type,
    case when status in ('Pending', 'Complete', 'Canceled', 'In Progress') then status end as to_status,
    case action when 'PhoneOut' then 'OUTBOUND' when 'PhoneIn' then 'INBOUND' end as to_direction,
    strftime(timezone('UTC', case when substr(datetime, 12, 2) = '02'
        and timezone('Europe/Paris', late - interval 1 hour) = timezone('Europe/Paris', late) then late - interval 1 hour else late end),
        '%Y-%m-%d %H:%M:%S+00') as to_timestamp
from timed;
drop table bronze;

create temp table joined as
select t.*, d.note as double_note, m.hs_object_id, m.subject as hs_subject, m.note as hs_note, m.timestamp as hs_timestamp,
    m.type as hs_type, m.status as hs_status, m.direction as hs_direction,
    c.hs_object_id as hubspot_company, p.hs_object_id as hubspot_person, o.hs_object_id as hubspot_deal
from converted t
left join doubles d on d.id = t.id
left join (from engagements e anti join doubles d on d.id = e.id) m on m.id = t.id
left join companies c on c.id = t.company
left join contacts p on p.id = t.person
left join deals o on o.id = t.deal;
drop table converted;
drop table engagements;

create temp table compared as
select *, hs_object_id is not null as matched,
    matched and subject is not null and subject is distinct from hs_subject
        and subject is distinct from trim(hs_subject, E' \t\r\n' || chr(160)) as new_subject,
    matched and case when note is null or note = hs_note then false
        when length(note) = 255 and starts_with(hs_note, note) then false
        when translate(note, E' \t\n\r\f\v', '') is distinct from translate(hs_note, E' \t\n\r\f\v', '') then true
        else regexp_replace(note, '\s+', ' ', 'g') is distinct from regexp_replace(trim(hs_note), '\s+', ' ', 'g') end as new_note,
    matched and to_timestamp is not null and to_timestamp is distinct from hs_timestamp as new_timestamp,
    matched and to_type is not null and to_type is distinct from hs_type as new_type,
    matched and to_status is not null and to_status is distinct from hs_status as new_status,
    matched and to_direction is not null and to_direction is distinct from hs_direction as new_direction
from joined;
drop table joined;

create macro instant(v) as '"' || substr(v, 1, 10) || 'T' || substr(v, 12, 8) || 'Z"';
create macro text(v) as coalesce(to_json(v)::varchar, 'null');
create temp table staged as
select id, hs_object_id, type, subject, to_timestamp, company, hubspot_company, person, hubspot_person, deal, hubspot_deal,
    concat_ws(chr(1), 'Comm_Note' || chr(1) || note, 'Comm_Type' || chr(1) || type, 'Person_Id' || chr(1) || person,
        'Company_Id' || chr(1) || company, 'Comm_Action' || chr(1) || action, 'Comm_Status' || chr(1) || status,
        'Comm_Subject' || chr(1) || subject, 'Comm_DateTime' || chr(1) || datetime, 'Comm_OpportunityId' || chr(1) || deal)
        as legacy_values,
    case when new_subject or new_note or new_timestamp or new_type or new_status or new_direction then '{' || concat_ws(',',
        case when new_subject then '"hs_engagement_subject":' || text(subject) end,
        case when new_note then '"hs_note_body":' || text(note) end,
        case when new_timestamp then '"hs_timestamp":' || instant(to_timestamp) end,
        case when new_type then '"hs_engagement_type":' || text(to_type) end,
        case when new_status then '"hs_engagement_status":' || text(to_status) end,
        case when new_direction then '"hs_call_direction":' || text(to_direction) end) || '}' else '{}' end as properties_to_update,
    case when new_subject or new_note or new_timestamp or new_type or new_status or new_direction then '{' || concat_ws(',',
        case when new_subject then '"hs_engagement_subject":' || text(hs_subject) end,
        case when new_note then '"hs_note_body":' || text(hs_note) end,
        case when new_timestamp then '"hs_timestamp":' || coalesce(instant(hs_timestamp), 'null') end,
        case when new_type then '"hs_engagement_type":' || text(hs_type) end,
        case when new_status then '"hs_engagement_status":' || text(hs_status) end,
        case when new_direction then '"hs_call_direction":' || text(hs_direction) end) || '}' else '{}' end as previous_values,
    case when matched then 'matched' when double_note is not null then 'ambiguous' else 'unmatched' end as status,
    case when matched then '100.00' else '0.00' end as confidence,
    case when matched or double_note is not null then 'legacy-id' end as rule,
    nullif(concat_ws('; ',
        case when type is not null and to_type is null then 'hs_engagement_type not staged: unmapped' end,
        case when datetime is not null and to_timestamp is null then 'hs_timestamp not staged: date-lost' end,
        double_note,
        'company ' || case when hubspot_company is null then company end || ' has no HubSpot record',
        'contact ' || case when hubspot_person is null then person end || ' has no HubSpot record',
        'deal ' || case when hubspot_deal is null then deal end || ' has no HubSpot record'), '') as notes,
    note, action, status as legacy_status, datetime
from compared;
drop table compared;

-- Repeats: of equal ids the row with the least document stays, as PostgreSQL writes and sorts documents; where they differ in more
-- than their parents, it is a conflict.
create macro document(s) as '{' || concat_ws(', ', '"Comm_Note": ' || to_json(s.note), '"Comm_Type": ' || to_json(s.type),
    '"Person_Id": "' || s.person || '"', '"Company_Id": "' || s.company || '"', '"Comm_Action": ' || to_json(s.action),
    '"Comm_Status": ' || to_json(s.legacy_status), '"Comm_Subject": ' || to_json(s.subject), '"Comm_DateTime": ' || to_json(s.datetime),
    '"Comm_OpportunityId": "' || s.deal || '"') || '}';
create temp table again as
select *, row_number() over (partition by id order by document(staged)) as number, count(*) over (partition by id) as rows,
    hash(note, type, action, legacy_status, subject, datetime) as content
from staged where id in (select id from staged group by 1 having count(*) > 1);
create temp table conflicts as select id from again group by 1 having count(distinct content) > 1;
create temp table folded as
select id, hs_object_id, type, subject, to_timestamp, company, hubspot_company, person, hubspot_person, deal, hubspot_deal, legacy_values,
    case when c.id is null then properties_to_update else '{}' end, case when c.id is null then previous_values else '{}' end,
    case when c.id is null then status else 'conflict' end, confidence, rule,
    case when c.id is null then notes else 'the file holds ' || rows || ' rows with this id that differ' end
from again a left join conflicts c using (id) where number = 1;
copy (
    select * exclude (note, action, legacy_status, datetime) from staged where id not in (select id from again)
    union all from folded
) to '{folder}/staged' (format csv, header false, delimiter E'\t', quote E'\x02', escape E'\x02', per_thread_output true, overwrite true);
