-- Rows as a run of the shipped communications leaves them, made by the server: shares of statuses, rules, changes and missing parents
-- are those of the generated sample, and a little more of everything that is rare. $1 is the number of rows.
with name_list as (
    insert into staging.reconciliation_names (names)
    values (array['Comm_Subject', 'Comm_Note', 'Comm_DateTime', 'Comm_Type', 'Comm_Status', 'Comm_Action', 'Company_Id', 'Person_Id', 'Comm_OpportunityId'])
    returning id),
drawn as (
    select i,
        abs(hashint8extended(i, 1)) % 10000 as a, abs(hashint8extended(i, 2)) % 10000 as b, abs(hashint8extended(i, 3)) % 10000 as c,
        abs(hashint8extended(i, 4)) % 10000 as d, abs(hashint8extended(i, 5)) % 10000 as e
    from generate_series(1, $1::bigint) i),
told as (
    select i, a, b, c, d, e,
        case when a < 9250 then 'matched' when a < 9800 then 'unmatched' when a < 9950 then 'ambiguous' else 'conflict' end as status,
        (array['Call', 'Email', 'Task', 'Appointment'])[1 + b % 4] as type,
        (select jsonb_object_agg(k, v) from (values
            ('hs_engagement_subject', 'Suivi de la commande ' || i, 700), ('hs_note_body', 'Relance par téléphone, à rappeler le lundi suivant ' || i, 1200),
            ('hs_timestamp', '2024-03-01T10:00:00.000Z', 400), ('hs_engagement_type', 'CALL', 60), ('hs_engagement_status', 'Complete', 900),
            ('hs_call_direction', 'INBOUND', 30)) p (k, v, share) where abs(hashint8extended(i, hashtext(k))) % 10000 < share and a < 9250) as updates
    from drawn)
insert into staging.communications_reconciliation_rows (
    legacy_communication_id, hubspot_engagement_id, legacy_type, legacy_subject, legacy_datetime, legacy_company_id, hubspot_company_id,
    legacy_contact_id, hubspot_contact_id, legacy_deal_id, hubspot_deal_id, recon_values, recon_names, properties_to_update, previous_values,
    reconciliation_status, match_confidence, match_rule, notes, source_line, run_id)
select i::text, case when status = 'matched' then 5000000000 + i end, type, 'Suivi de la commande ' || i, timestamptz '2024-01-01' + i * interval '1 minute',
    (c % 40000)::text, case when c % 100 < 96 then 6000000000 + c end,
    case when d % 10 < 7 then (d % 30000)::text end, case when d % 10 < 7 and d % 97 > 2 then 7000000000 + d end,
    case when e % 10 < 3 then (e % 20000)::text end, case when e % 10 < 3 and e % 89 > 4 then 8000000000 + e end,
    concat_ws(chr(31), 'Suivi de la commande ' || i, 'Relance par téléphone, à rappeler le lundi', '2024-03-01 11:00:00', type, 'Complete', 'PhoneIn', c::text, d::text, e::text),
    name_list.id, coalesce(updates, '{}'),
    coalesce((select jsonb_object_agg(key, case when abs(hashint8extended(i, hashtext(key) + 1)) % 10 < 4 then null else 'earlier value ' || b % 50 end) from jsonb_object_keys(updates) key), '{}'),
    status, case when status = 'matched' then case when b < 9700 then 100 when b < 9900 then 90 else 75 end end,
    case when status = 'unmatched' then null when b < 9600 then 'legacy-id' when b < 9700 then 'merged' when b < 9900 then 'by e-mail' else 'by name' end,
    nullif(concat_ws('; ',
        case when status = 'ambiguous' and b % 5 = 0 then 'HubSpot record ' || 5000000000 + i || ' is claimed by 2 legacy records: ' || i || ' (by name), ' || i + 1 || ' (by name)'
            when status = 'ambiguous' then 2 + b % 4 || ' HubSpot records by legacy-id: ' || 5000000000 + i || ', ' || 5000000001 + i end,
        case when status = 'conflict' then 'the file holds 2 rows with this id that differ in Comm_Status' end,
        case when c % 100 >= 96 then 'company ' || c % 40000 || ' not found' end,
        case when d % 50 = 0 then 'hs_engagement_status not staged: unmapped' end,
        case when e % 200 = 0 then 'hs_timestamp not staged: not-a-date' end), ''),
    i + 1, $2::uuid
from told, name_list
