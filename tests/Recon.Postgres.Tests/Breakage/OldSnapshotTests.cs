using System.Data;
using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>What a reader sees whose snapshot is older than a publication: docs/adr/0026-old-snapshots.md.</summary>
public sealed class OldSnapshotTests(PostgresServer server)
{
    private const string Count = "select count(*) from staging.things";
    private const string IsComplete = """
        select exists (select 1 from staging.reconciliation_log l
            where l.outcome = 'completed' and l.run_id = (select run_id from staging.things limit 1))
        """;

    private static readonly CancellationToken s_token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Snapshot_OfMidRunThatFirstReadsAfterThePublication_SeesWhatWasStagedThenAndCanTell()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.Parallelism = 1;
        await world.RunAsync();
        long whole = await world.CountAsync(Count);
        await world.Database.ExecuteAsync("""
            create function public.hold() returns trigger language plpgsql as $$ begin
                if new.batch = 5 then perform pg_advisory_xact_lock(4711); end if;
                return new;
            end $$;
            create trigger hold before insert on staging.reconciliation_ledger for each row execute function public.hold();
            """);
        await using NpgsqlConnection holder = await OpenAsync(world);
        await ExecuteAsync(holder, "select pg_advisory_lock(4711)");
        Task<PipelineResult> running = world.RunAsync();
        await WaitForLockAsync(world, running, "locktype = 'advisory'");
        string? attempt = await world.Database.QueryValueAsync<string>("select attempt_table from staging.reconciliation_log where outcome = 'running'");
        long staged = await world.CountAsync($"select count(*) from staging.\"{attempt}\"");
        await using NpgsqlConnection reader = await OpenAsync(world);
        await using NpgsqlTransaction old = await reader.BeginTransactionAsync(IsolationLevel.RepeatableRead, s_token);
        await ExecuteAsync(reader, "select 1 from staging.reconciliation_log");
        await ExecuteAsync(holder, "select pg_advisory_unlock(4711)");
        Assert.Equal(RunOutcome.Completed, (await running).Outcome);

        Assert.InRange(staged, 1, whole - 1);
        Assert.Equal(staged, await ExecuteAsync(reader, Count));
        Assert.Equal(false, await ExecuteAsync(reader, IsComplete));
        Assert.Equal(whole, await world.CountAsync(Count));
        Assert.True(await world.Database.QueryValueAsync<bool>(IsComplete));
    }

    [Fact]
    public async Task Snapshot_OfATransactionThatLocksTheTableFirst_SeesTheFormerResult()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await using NpgsqlConnection reader = await OpenAsync(world);
        await using NpgsqlTransaction transaction = await reader.BeginTransactionAsync(IsolationLevel.RepeatableRead, s_token);
        await ExecuteAsync(reader, "lock table staging.things in access share mode");
        object? former = await ExecuteAsync(reader, "select min(run_id::text) from staging.things");
        Task<PipelineResult> running = world.RunAsync();
        await WaitForLockAsync(world, running, "relation = 'staging.things_rows'::regclass and mode = 'AccessExclusiveLock'");

        Assert.Equal(96L, await ExecuteAsync(reader, Count));
        Assert.Equal(former, await ExecuteAsync(reader, "select max(run_id::text) from staging.things"));
        Assert.Equal(true, await ExecuteAsync(reader, IsComplete));
        await transaction.RollbackAsync(s_token);
        Assert.Equal(RunOutcome.Completed, (await running).Outcome);
    }

    // The rows are exchanged between the export's first look and its first row.
    [Fact]
    public async Task Export_ThatWaitsForAPublication_ReadsTheNewResult()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("create table public.kept as select * from staging.things_rows");
        await using NpgsqlConnection publisher = await OpenAsync(world);
        await using NpgsqlTransaction publication = await publisher.BeginTransactionAsync(s_token);
        await ExecuteAsync(publisher, "truncate staging.things_rows");
        await ExecuteAsync(publisher, "insert into staging.things_rows select * from public.kept");
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        Task<PublishedReader> opening = PublishedReader.OpenAsync(
            sources.Control, world.Read().Definition!, world.Read().Definition!.Pipelines[0], "unmatched", s_token);
        await WaitForLockAsync(world, opening, "relation = 'staging.things_rows'::regclass and mode = 'AccessShareLock'");
        await publication.CommitAsync(s_token);

        await using PublishedReader reader = await opening;
        Assert.Equal(
            await world.CountAsync("select count(*) from public.kept where reconciliation_status = 'unmatched'"),
            await reader.ReadAsync(s_token).CountAsync(s_token));
    }

    private static Task WaitForLockAsync(SmallWorld world, Task working, string which) => Until.TrueAsync(
        "the lock",
        async () =>
        {
            Assert.False(working.IsCompleted, "It did not wait.");
            return await world.CountAsync(
                $"select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) and {which}") > 0;
        },
        s_token);

    private static async Task<NpgsqlConnection> OpenAsync(SmallWorld world)
    {
        var connection = new NpgsqlConnection(world.Database.ConnectionString);
        await connection.OpenAsync(s_token);
        return connection;
    }

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The tests' own SQL.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(s_token);
    }
}
