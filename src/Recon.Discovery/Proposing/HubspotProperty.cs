using System.Text.RegularExpressions;

namespace Recon.Discovery.Proposing;

/// <summary>HubSpot's properties by the names of mirror columns.</summary>
internal static partial class HubspotProperty
{
    /// <summary>The property that a column holds: some mirrors write <c>properties_name</c> or <c>property_name</c>.</summary>
    public static string Of(string column) => Prefixed().Match(column) is { Success: true } match ? column[match.Length..] : column;

    /// <summary>Why nothing may be written to a column's property.</summary>
    /// <returns>The reason, as a part of a sentence; <see langword="null"/> where it may be.</returns>
    public static string? WhyNotWritable(string column)
    {
        string property = Of(column).ToLowerInvariant();
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
        |engagements_last_.*|ip_.*|hs_ip_.*|webinareventlastupdated|surveymonkeyeventlastupdated|hs_google_click_id|hs_facebook_.*_id|hs_deal_(?:score|stage_probability).*|hs_next_.*_(?:id|date)|hs_next_step_updated_at)$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Calculated();
}
