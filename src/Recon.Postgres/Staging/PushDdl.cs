using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

internal static class PushDdl
{
    // What every account allows in ten seconds; HubSpot's answers tell the true number.
    private const int LeastMax = 100;

    /// <summary>The tables of the last mile.</summary>
    /// <remarks>
    /// The state of an item changes a few times and is in no index, so that a change stays in its page: pages are filled to
    /// leave room for one.
    /// </remarks>
    public static SqlText Tables(StagingTables tables) => SqlText.Of($"""
        create table if not exists {tables.PushPlan} (
            plan_id uuid not null,
            pipeline text not null,
            run_id uuid,
            runs uuid[] not null default array[]::uuid[],
            portal bigint not null,
            hash text not null,
            created_by text not null,
            created_at timestamptz not null default clock_timestamp(),
            records bigint not null,
            links bigint not null,
            object_types text[] not null,
            state text not null,
            epoch bigint not null default 0,
            counts jsonb not null default jsonb_build_object(),
            brakes jsonb not null default jsonb_build_array(),
            primary key (plan_id, pipeline));
        create table if not exists {tables.PushItem} (
            plan_id uuid not null,
            no bigint not null,
            pipeline text not null,
            object_type text not null,
            batch bigint not null,
            hubspot_id bigint not null,
            legacy_id text not null,
            properties jsonb not null,
            before jsonb not null,
            sent jsonb,
            allowed jsonb,
            seen jsonb,
            written jsonb,
            state text not null,
            undoing boolean not null default false,
            http_status integer,
            category text,
            code text,
            message text,
            property text,
            correlation_id text,
            changed_by text,
            merged_into text,
            sent_at timestamptz,
            answered_at timestamptz,
            primary key (plan_id, no)) with (fillfactor = 60);
        create index if not exists {new SqlName(OwnRelations.ItemsByRecord)} on {tables.PushItem} (legacy_id, pipeline);
        create table if not exists {tables.PushApproval} (
            plan_id uuid not null,
            id bigint generated always as identity,
            hash text not null,
            pipeline text,
            scope text not null check (scope in ('property', 'transition', 'record', 'all')),
            property text,
            old_value text,
            new_value text,
            legacy_id text,
            verdict text not null check (verdict in ('approve', 'reject')),
            approved_by text not null,
            approved_at timestamptz not null default clock_timestamp(),
            reason text,
            over_limit boolean not null default false,
            primary key (plan_id, id));
        create table if not exists {tables.PushLink} (
            plan_id uuid not null,
            no bigint not null,
            pipeline text not null,
            lookup text not null,
            batch bigint not null,
            from_type text not null,
            from_id bigint not null,
            to_type text not null,
            to_id bigint not null,
            legacy_id text not null,
            state text not null,
            http_status integer,
            category text,
            code text,
            message text,
            correlation_id text,
            sent_at timestamptz,
            answered_at timestamptz,
            primary key (plan_id, no)) with (fillfactor = 70);
        create index if not exists {new SqlName(OwnRelations.LinksWritten)} on {tables.PushLink} (from_id, to_id) where state = 'written';
        create index if not exists {new SqlName(OwnRelations.LinksByRecord)} on {tables.PushLink} (legacy_id, pipeline);
        create table if not exists {tables.PushPortal} (
            portal bigint primary key,
            max integer not null default {LeastMax},
            interval_ms bigint not null default 10000,
            slice bigint not null default 0,
            used integer[] not null default array[]::integer[],
            remaining integer,
            daily bigint,
            daily_remaining bigint,
            pause_until timestamptz,
            observed_at timestamptz,
            stop_requested_at timestamptz,
            stop_requested_by text)
        """);
}
