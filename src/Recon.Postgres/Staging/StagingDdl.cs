using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

internal static class StagingDdl
{
    /// <summary>Whether all that <see cref="Common"/> makes is there: asking locks nothing.</summary>
    /// <remarks>The lease's progress may be missing where it belongs to somebody else: a run then tells none.</remarks>
    public static SqlText CommonPresent(StagingTables tables) => SqlText.Of($"""
        select count(*) = {OwnRelations.All.Count} and 2 = count(*) filter (where
            (select count(*) from pg_attribute a where a.attrelid = c.oid and (c.relname, a.attname) in (
                ({new SqlLiteral(OwnRelations.Log)}, 'input_files'), ({new SqlLiteral(OwnRelations.Log)}, 'base_run'),
                ({new SqlLiteral(OwnRelations.Log)}, 'former_table'), ({new SqlLiteral(OwnRelations.Log)}, 'input_facts'),
                ({new SqlLiteral(OwnRelations.Lease)}, 'progress')))
                = case c.relname when {new SqlLiteral(OwnRelations.Log)} then 4 when {new SqlLiteral(OwnRelations.Lease)} then 1 end
            or (c.relname = {new SqlLiteral(OwnRelations.Lease)} and not pg_has_role(c.relowner, 'usage')))
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = {new SqlLiteral(tables.Schema.Value)} and c.relname in ({SqlText.Literals(OwnRelations.All)})
        """);

    /// <summary>Log, ledger, rejects, lease, decisions, and the tables of the last mile.</summary>
    /// <remarks>
    /// The lease's progress changes every second. Kept in the row, former versions go when the page is next touched; beside
    /// it they would wait for a vacuum.
    /// </remarks>
    public static SqlText Common(StagingTables tables) => SqlText.Of($"""
        create table if not exists {tables.Log} (
            run_id uuid not null,
            pipeline text not null,
            started_at timestamptz not null default now(),
            finished_at timestamptz,
            outcome text not null,
            partial boolean not null default false,
            read bigint not null default 0,
            staged bigint not null default 0,
            matched bigint not null default 0,
            unmatched bigint not null default 0,
            ambiguous bigint not null default 0,
            conflict bigint not null default 0,
            folded bigint not null default 0,
            filtered bigint not null default 0,
            rejected bigint not null default 0,
            with_changes bigint not null default 0,
            seconds double precision,
            details jsonb not null default jsonb_build_object(),
            definition_fingerprint text not null,
            input_fingerprint text not null,
            tool_version text not null,
            staging_version integer not null,
            attempt_table text,
            message text,
            primary key (run_id, pipeline));
        alter table {tables.Log} add column if not exists lookup_strategies jsonb not null default jsonb_build_object();
        alter table {tables.Log} add column if not exists input_files text;
        alter table {tables.Log} add column if not exists way text, add column if not exists way_reason text,
            add column if not exists written bigint, add column if not exists base_run uuid,
            add column if not exists former_table text, add column if not exists input_facts jsonb;
        create index if not exists {new SqlName(OwnRelations.LogByStart)} on {tables.Log} (started_at desc);
        create table if not exists {tables.Ledger} (
            run_id uuid not null,
            pipeline text not null,
            batch bigint not null,
            file integer not null,
            start_byte bigint not null,
            end_byte bigint not null,
            start_line bigint not null,
            end_line bigint not null,
            read bigint not null,
            staged bigint not null,
            folded bigint not null,
            filtered bigint not null,
            rejected bigint not null,
            counts jsonb not null,
            committed_at timestamptz not null default now(),
            primary key (run_id, pipeline, batch),
            check (read = staged + folded + filtered + rejected));
        create table if not exists {tables.Rejects} (
            run_id uuid not null,
            pipeline text not null,
            batch bigint not null,
            source_file text,
            line bigint not null,
            byte_offset bigint not null,
            column_name text,
            reason_code text not null,
            message text not null,
            raw_record text not null);
        create index if not exists {new SqlName(OwnRelations.RejectsByPipeline)} on {tables.Rejects} (pipeline, run_id, line);
        create table if not exists {tables.Names} (
            id smallint generated always as identity primary key,
            names text[] not null);
        create table if not exists {tables.Lease} (
            pipeline text primary key,
            run_id uuid,
            epoch bigint not null,
            holder text not null,
            backend_pid integer not null,
            acquired_at timestamptz not null,
            heartbeat_at timestamptz not null);
        create table if not exists {tables.Hashes} (
            pipeline text not null,
            run_id uuid not null,
            batch bigint not null,
            entries bytea not null,
            state jsonb,
            primary key (pipeline, run_id, batch));
        alter table {tables.Hashes} alter column entries set storage external;
        create table if not exists {tables.History} (
            pipeline text not null,
            run_id uuid not null,
            legacy_id text not null,
            former jsonb,
            primary key (pipeline, run_id, legacy_id));
        create table if not exists {tables.Decisions} (
            pipeline text not null,
            legacy_id text not null,
            decision text not null check (decision in ('match', 'no-match', 'keep-row')),
            hubspot_id bigint,
            source_line bigint,
            decided_by text not null,
            decided_at timestamptz not null default now(),
            note text,
            evidence jsonb not null default jsonb_build_object(),
            primary key (pipeline, legacy_id),
            check ((decision = 'match') = (hubspot_id is not null)));
        create table if not exists {tables.DecisionHistory} (
            pipeline text not null,
            id bigint generated always as identity,
            action text not null check (action in ('decided', 'undone', 'imported')),
            happened_at timestamptz not null default clock_timestamp(),
            legacy_id text not null,
            decision text not null,
            hubspot_id bigint,
            source_line bigint,
            decided_by text not null,
            decided_at timestamptz not null,
            note text,
            evidence jsonb not null,
            primary key (pipeline, id));
        create table if not exists {tables.Audit} (
            pipeline text not null,
            run_id uuid not null,
            legacy_id text not null,
            stratum text not null,
            verdict text not null check (verdict in ('right', 'wrong', 'unknown')),
            judged_by text not null,
            judged_at timestamptz not null default clock_timestamp(),
            primary key (pipeline, run_id, legacy_id));
        alter table {tables.Lease} add column if not exists progress jsonb;
        alter table {tables.Lease} alter column progress set storage main;
        {PushDdl.Tables(tables)};
        {SharingDdl.Tables(tables)}
        """);

    /// <summary>
    /// The index by status. Most rows are matched, and who wants them reads the table; the index is for the others, and so
    /// it takes a tenth of the room and a third of the time.
    /// </summary>
    public static SqlText StatusIndex(SqlName name, SqlTable table) => SqlText.Of(
        $"create index if not exists {name} on {table} (reconciliation_status, last_updated desc) where reconciliation_status <> 'matched'");

    public static string StatusIndexOf(StageBlockDefinition stage) => stage.Table + "_status";

    public static string HubspotIndexOf(StageBlockDefinition stage) => stage.Table + "_hubspot";

    /// <summary>The table of a staging table's rows, without a partition.</summary>
    public static SqlText Rows(StagedTable table)
    {
        StageBlockDefinition stage = table.Layout.Stage;
        return SqlText.Of($"""
            create table {table.Rows} ({SqlText.Join(", ", table.Layout.Stored.Select(StagingTables.Declaration))},
                primary key ({new SqlName(stage.LegacyId)}))
                partition by range ({new SqlName(stage.LegacyId)});
            {StatusIndex(new SqlName(StatusIndexOf(stage)), table.Rows)};
            create index {new SqlName(HubspotIndexOf(stage))} on {table.Rows} ({new SqlName(stage.HubspotId)});
            comment on table {table.Rows} is {new SqlLiteral($"Rows of {table.Published.Display}; replaced in one step by the next recon run.")}
            """);
    }

    public static SqlTable EmptyPartitionOf(StagingTables tables, StageBlockDefinition stage) => tables.Table($"{stage.Table}__empty");

    /// <summary>The first, empty partition of a table of rows.</summary>
    public static SqlText EmptyPartition(StagingTables tables, StagedTable table) => SqlText.Of($"""
        create table {EmptyPartitionOf(tables, table.Layout.Stage)} partition of {table.Rows} for values from (minvalue) to (maxvalue)
        """);

    /// <summary>What people read of a staging table that is a view.</summary>
    public static SqlText Comment(StagedTable table)
        => SqlText.Of($"comment on view {table.Published} is 'Result of the last recon run; replaced in one step by the next.'");
}
