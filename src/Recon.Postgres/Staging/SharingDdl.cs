using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>The tables of runs that several processes share.</summary>
internal static class SharingDdl
{
    public static SqlText Tables(StagingTables tables) => SqlText.Of($"""
        create table if not exists {tables.Jobs} (
            job_id uuid primary key,
            pipelines text[] not null,
            settings jsonb not null,
            definition text not null,
            tool_version text not null,
            started_by text not null,
            coordinator text not null,
            started_at timestamptz not null default clock_timestamp(),
            heartbeat_at timestamptz not null default clock_timestamp(),
            taken_over_at timestamptz,
            ended_at timestamptz,
            outcome text,
            runs jsonb not null default jsonb_build_object());
        create table if not exists {tables.Splits} (
            pipeline text not null,
            split bigint not null,
            run_id uuid not null,
            epoch bigint not null,
            worker text,
            given_at timestamptz not null default clock_timestamp(),
            primary key (pipeline, split));
        """);
}
