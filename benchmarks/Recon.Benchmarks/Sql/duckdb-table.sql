-- What the result of DuckDB is copied into: the columns of the SQL's result, of which a view makes the rest.
create schema if not exists bench;
drop table if exists bench.staged;
create table bench.staged (
    legacy_communication_id text not null, hubspot_engagement_id bigint, legacy_type text, legacy_subject text,
    legacy_datetime timestamptz, legacy_company_id text, hubspot_company_id bigint, legacy_contact_id text,
    hubspot_contact_id bigint, legacy_deal_id text, hubspot_deal_id bigint, legacy_values text not null,
    properties_to_update jsonb not null, previous_values jsonb not null, reconciliation_status text not null,
    match_confidence numeric(5,2), match_rule text, notes text, last_updated timestamptz not null default now());
