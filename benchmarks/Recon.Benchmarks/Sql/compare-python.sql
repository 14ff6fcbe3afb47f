-- The number of records on which the tool's result and that of the Python pipeline differ in status, match or updates.
select count(*) from (
    select legacy_communication_id, hubspot_engagement_id, reconciliation_status, properties_to_update, hubspot_company_id,
        hubspot_contact_id, hubspot_deal_id, legacy_datetime
    from staging.communications_reconciliation
) t full join (
    select legacy_communication_id, hubspot_engagement_id, reconciliation_status, properties_to_update, hubspot_company_id,
        hubspot_contact_id, hubspot_deal_id, legacy_datetime
    from bench_python.communications
) p using (legacy_communication_id)
where t is distinct from p
