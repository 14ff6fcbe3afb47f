-- The number of records on which the tool's result and that of the SQL differ. The SQL does not say that a text is the
-- beginning of HubSpot's; that note of the tool is taken out.
select count(*) from (
    select legacy_communication_id, hubspot_engagement_id, legacy_type, legacy_subject, legacy_datetime, legacy_company_id,
        hubspot_company_id, legacy_contact_id, hubspot_contact_id, legacy_deal_id, hubspot_deal_id, legacy_properties,
        properties_to_update, previous_values, reconciliation_status, match_confidence, match_rule,
        case when reconciliation_status = 'conflict' then 'differs'
            else nullif(regexp_replace(notes, '[a-z_]+: HubSpot''s longer text begins with it(; |$)', '', 'g'), '') end as notes
    from staging.communications_reconciliation
) t full join (
    select legacy_communication_id, hubspot_engagement_id, legacy_type, legacy_subject, legacy_datetime, legacy_company_id,
        hubspot_company_id, legacy_contact_id, hubspot_contact_id, legacy_deal_id, hubspot_deal_id, legacy_properties,
        properties_to_update, previous_values, reconciliation_status, match_confidence, match_rule,
        case when reconciliation_status = 'conflict' then 'differs' else notes end as notes
    from bench.communications
) s using (legacy_communication_id)
where t is distinct from s
