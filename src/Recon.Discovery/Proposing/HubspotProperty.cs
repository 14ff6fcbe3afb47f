using System.Text.RegularExpressions;

namespace Recon.Discovery.Proposing;

/// <summary>HubSpot's properties by the names of mirror columns.</summary>
internal static partial class HubspotProperty
{
    /// <summary>The property that a column holds: some mirrors write <c>properties_name</c> or <c>property_name</c>.</summary>
    public static string Of(string column) => Prefixed().Match(column) is { Success: true } match ? column[match.Length..] : column;

    /// <summary>The internal name of the property that a column holds: HubSpot's are in lower case, whatever the mirror makes of them.</summary>
    public static string NameOf(string column) => Of(column).ToLowerInvariant();

    /// <summary>Why it is not known whether a column's property may be written, as a part of a sentence; <see langword="null"/> where it is.</summary>
    public static string? WhyDoubtful(string column)
    {
        string property = NameOf(column);
        return property.StartsWith("hs_", StringComparison.Ordinal) && !Writable().IsMatch(property)
            ? $"{property} is one of HubSpot's own properties, and recon does not know whether it may be written"
            : null;
    }

    /// <summary>Why nothing may be written to a column's property.</summary>
    /// <returns>The reason, as a part of a sentence; <see langword="null"/> where it may be.</returns>
    public static string? WhyNotWritable(string column)
    {
        string property = NameOf(column);
        return Ids().IsMatch(property) ? "it holds HubSpot's own ids"
            : Times().IsMatch(property) ? "HubSpot sets it"
            : Sync().IsMatch(column) ? "it belongs to what synchronises the mirror"
            : Filters.IsArchived(column) ? "it says whether the record is archived"
            : Calculated().IsMatch(property) ? "HubSpot calculates it"
            : null;
    }

    [GeneratedRegex("^(?:property|properties)(?:__|_|\\.)(?=.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Prefixed();

    [GeneratedRegex(
        """
        ^(?:hs_object_id|hubspot_id|hs_id|vid|record_id|object_id|portal_id|portalid|(?:hs_)?associated[a-z_]*ids?|hubspot_owner_id|hubspot_team_id|owner_?id|ownerid
        |hs_all_.*|hs_merged_object_ids|hs_(?:created|updated)_by.*|hs_parent_.*_id|hs_.*_(?:owner|user|team|object|company|contact|deal)_ids?
        |hubspot_owner_assigneddate|.*hubspot_(?:company|contact|deal|object|owner)_id|hs_owning_teams|hs_user_ids.*|hs_shared_.*_ids)$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Ids();

    // Of HubSpot's own properties those that records of another system have values for.
    [GeneratedRegex(
        """
        ^(?:hs_lead_status|hs_language|hs_timezone|hs_timestamp|hs_persona|hs_role|hs_buying_role|hs_seniority|hs_job_.*|hs_sub_role|hs_state_code|hs_country_region_code|hs_country_code
        |hs_linkedin_url|hs_facebook_page|hs_twitter_handle|hs_legal_basis|hs_whatsapp_phone_number|hs_ideal_customer_profile|hs_keywords|hs_industry_group|hs_company_type
        |hs_note_body|hs_(?:call|meeting|task|communication|sms)_(?:body|title|subject|status|type|direction|duration|disposition|outcome|priority|location|start_time|end_time|from_number|to_number
            |channel_type|logged_from|internal_meeting_notes|external_url|notes)
        |hs_internal_meeting_notes|hs_activity_type|hs_email_(?:subject|text|html|direction|status|headers)|hs_priority|hs_deal_(?:description|type)|hs_next_step|hs_manual_forecast_category|hs_forecast_probability
        |hs_ticket_(?:priority|category)|hs_pipeline|hs_pipeline_stage|hs_resolution|hs_sku|hs_url|hs_product_type|hs_cost_of_goods_sold|hs_recurring_billing_.*|hs_tag|hs_start_date|hs_end_date
        |hs_lead_(?:name|type|label)|hs_quantity|hs_tax_.*|hs_discount_.*|hs_images)$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Writable();

    [GeneratedRegex("^(?:create_?date|created_?at|createdate_.*|hs_createdate|last_?modified_?date|hs_lastmodifieddate|updated_?at|archived_?at|hs_last_?modified.*|lastmodified)$", RegexOptions.CultureInvariant)]
    private static partial Regex Times();

    [GeneratedRegex("^(?:_.*|.*_?synced(?:_at|_on)?|sync_.*|.*_sync_(?:at|id|status|time|hash)|last_sync.*|stacksync_.*|etl_.*|dbt_.*|airbyte_.*|fivetran_.*|hevo_.*|xmin|row_?(?:hash|no|num|number|index|id)|ingested_at|loaded_at|inserted_at|extracted_at)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sync();

    [GeneratedRegex(
        """
        ^(?:num_.*|hs_num_.*|hs_analytics_.*|hs_calculated.*|hs_time_.*|hs_date_(?:entered|exited)_.*|hs_v2_.*|hs_latest_.*|hs_sa_.*|hs_is_.*|hs_total_.*
        |hs_object_.*|hs_unique_.*|hs_pinned_.*|hs_read_only|hs_was_.*|hs_closed_.*|hs_projected_.*|hs_forecast_amount|hs_(?:acv|arr|mrr|tcv)|hs_days_.*|hs_count_.*
        |hs_searchable_.*|hs_predictive.*|hs_sales_.*|hs_social_.*|hs_email_(?:bounce|click|delivered|domain|first|last|open|optout|quarantined|recipient|replied|sends|hard|bad|customer|is_).*
        |hs_full_name_or_email|hs_lifecyclestage_.*|hs_user_.*|hs_additional_.*|hs_line_item_.*|hs_likelihood.*|hs_conversations_.*|hs_target_account_.*|hs_sequences_.*
        |notes_last_.*|notes_next_.*|last_?contacted|recent_.*|first_(?:contact|deal|conversion)_.*|total_revenue|days_to_close|closed_(?:won|lost)_count|amount_in_home_currency
        |engagements_last_.*|ip_.*|hs_ip_.*|webinareventlastupdated|surveymonkeyeventlastupdated|hs_google_click_id|hs_facebook_.*_id
        |hs_body_preview.*|hubspotscore|hs_exchange_rate|associatedcompanylastupdated|currentlyinworkflow|hs_currently_enrolled_in_.*|hs_marketable_.*|hs_primary_.*
        |hs_registered_.*|hs_membership_.*|hs_content_membership_.*|hs_avatar_.*|hs_document_last_.*|hs_emailconfirmationstatus|hs_feedback_.*|hs_first_.*|hs_last_.*|hs_lastmodified.*|hs_lastactivitydate
        |hs_lastcontacted|hs_nextactivitydate|hs_notes_(?:last|next)_.*|hs_quick_context.*|hs_enriched_.*|hs_(?:contact|company)_enrichment_.*|hs_intent_.*|hs_gdpr_deleted|hs_engagement_source.*
        |hs_queue_membership_.*|hs_at_mentioned_.*|hs_open_.*|hs_amount_in_home_currency|hs_annual_revenue_currency_code|hs_synced_.*|hs_mapped_.*|hs_current_customer|hs_prospecting_.*
        |hs_merged_.*|hs_ticket_id|hs_time_.*|hs_sla_.*|hs_tickets_.*|hs_attribution.*|hs_campaign.*|hs_product_name|hs_all_.*|time_to_.*|first_agent_reply_date|last_reply_date|last_engagement_date
        |hs_latitude|hs_longitude|hs_deal_amount_.*|hs_weighted_.*|hs_duration|hs_follow_up_action|hs_updated_.*|hs_created_.*|lastmodifieddate|is_contact|surveymonkey.*|webinar.*
        |hs_deal_(?:score|stage_probability).*|hs_next_.*_(?:id|date)|hs_next_step_updated_at)$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Calculated();
}
