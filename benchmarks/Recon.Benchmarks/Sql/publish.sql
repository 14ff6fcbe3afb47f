-- What readers see of the result: the legacy properties as jsonb.
begin;
drop view if exists bench.communications;
drop table if exists bench.communications_rows;
alter table bench.staged rename to communications_rows;
create view bench.communications as
select legacy_communication_id, hubspot_engagement_id, legacy_type, legacy_subject, legacy_datetime, legacy_company_id, hubspot_company_id,
    legacy_contact_id, hubspot_contact_id, legacy_deal_id, hubspot_deal_id, jsonb_object(string_to_array(legacy_values, E'\x01')) as legacy_properties,
    properties_to_update, previous_values, reconciliation_status, match_confidence, match_rule, notes, last_updated
from bench.communications_rows;
commit;
