using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Limits and modes of the server.</summary>
public sealed class LimitTests(PostgresServer server)
{
    [Fact]
    public async Task Run_TooFewConnectionsLeft_IsRefusedWithTheNumbers()
    {
        string role = $"limited_{Guid.NewGuid():N}";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.Database.ExecuteAsync($"create role {role} login password 'p' connection limit 5; grant all on database {world.Database.Name} to {role}");
        world.ConnectionString = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Username = role, Password = "p" }.ConnectionString;

        ConnectionSettingsException refused = await Assert.ThrowsAsync<ConnectionSettingsException>(() => world.RunAsync());

        Assert.Contains("needs 9 connections", refused.Message, StringComparison.Ordinal);
        Assert.Contains("has 5 left", refused.Message, StringComparison.Ordinal);
        Assert.Contains("parallelism", refused.Message, StringComparison.Ordinal);
        await world.Database.ExecuteAsync($"drop owned by {role}; drop role {role}");
    }

    [Fact]
    public async Task Run_AsManyConnectionsLeftAsItNeeds_Completes()
    {
        string role = $"limited_{Guid.NewGuid():N}";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.Database.ExecuteAsync($"""
            create role {role} login password 'p' connection limit 9; grant all on database {world.Database.Name} to {role};
            grant usage on schema hubspot to {role}; grant select on all tables in schema hubspot to {role}
            """);
        world.ConnectionString = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Username = role, Password = "p" }.ConnectionString;

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        await world.Database.ExecuteAsync($"drop owned by {role}; drop role {role}");
    }

    [Theory]
    [InlineData("default_transaction_read_only = on", FaultKind.ReadOnly, "primary")]
    [InlineData("statement_timeout = 1", FaultKind.Transient, "statement_timeout")]
    public async Task Run_SettingThatForbidsIt_EndsResumableAndSaysWhy(string setting, object kind, string says)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 3000);
        world.BatchRows = 3000;
        Golden golden = await Golden.RunAsync(world);
        world.Tuning = Golden.NoRetries;
        await world.Database.ExecuteAsync($"alter database {world.Database.Name} set {setting}");

        Fault fault = await FailAsync(world);
        await world.Database.ExecuteAsync($"set default_transaction_read_only = off; alter database {world.Database.Name} reset all");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal(((FaultKind)kind, 4), (fault.Kind, fault.ExitCode));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Completed, resumed.Outcome);
        await golden.RequireAsync(world, setting);
    }

    [Fact]
    public async Task Run_TempFileLimitReached_EndsResumableAndIsResumedExactly()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 6000);
        world.BatchRows = 1000;
        Golden golden = await Golden.RunAsync(world);
        await world.Database.ExecuteAsync(
            $"alter database {world.Database.Name} set work_mem = '64kB'; alter database {world.Database.Name} set temp_file_limit = 0");

        PipelineResult limited = await world.RunAsync();
        await world.Database.ExecuteAsync($"alter database {world.Database.Name} reset all");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.NotNull(limited.Fault);
        Fault fault = PostgresFaults.Classify(limited.Fault, "s", FaultPhase.Command);
        Assert.Equal((FaultKind.Stop, "53400", 4), (fault.Kind, fault.SqlState, fault.ExitCode));
        Assert.Contains("temp_file_limit", fault.Message, StringComparison.Ordinal);
        Assert.True(limited.Resumable);
        Assert.Equal(RunOutcome.Completed, resumed.Outcome);
        await golden.RequireAsync(world, "temp_file_limit");
    }

    [Fact]
    public async Task Run_LockTimeoutOfTheServer_IsWaitedOutByRetries()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        Golden golden = await Golden.RunAsync(world);
        world.Tuning = Golden.QuickRetries with { Batches = new RetrySettings { MaxRetries = 100, Delay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(100) } };
        await world.Database.ExecuteAsync($"alter database {world.Database.Name} set lock_timeout = '50ms'");
        await using var blocker = new NpgsqlConnection(world.Database.ConnectionString);
        await blocker.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction block = await blocker.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("lock table staging.reconciliation_ledger in share mode", blocker))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Task<PipelineResult> running = world.RunAsync();
        await Until.TrueAsync(
            "the lock's time-out",
            () =>
            {
                Assert.False(running.IsCompleted, "The run did not meet the lock.");
                return world.HasSaid("A lock was not available");
            },
            TestContext.Current.CancellationToken);

        await block.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.Equal(RunOutcome.Completed, (await running).Outcome);
        await golden.RequireAsync(world, "lock_timeout");
    }

    [Fact]
    public async Task Run_SessionsEndedAgainAndAgain_CompletesByItself()
    {
        const string Sessions = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        const string Batches = "select count(*) from staging.reconciliation_ledger";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.BatchRows = 2;
        Golden golden = await Golden.RunAsync(world);
        var patient = new RetrySettings { MaxRetries = 100, Delay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(100) };
        world.Tuning = Golden.QuickRetries with { Start = patient, Lookups = patient, Batches = patient, Ending = patient };
        Task<PipelineResult> running = world.RunAsync();
        await using var stormer = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Pooling = false }.ConnectionString);
        await stormer.OpenAsync(TestContext.Current.CancellationToken);
        long ended = 0;
        long batches = await ScalarAsync(stormer, Batches);
        for (int storm = 0; storm < 30 && !running.IsCompleted; storm++)
        {
            // Every other time the run may commit before it is met again: it gets on, and is met in all its phases.
            await Until.TrueAsync(
                "the run's next sessions",
                async () => running.IsCompleted
                    || (await ScalarAsync(stormer, Sessions) > 0 && (storm % 2 == 0 || await ScalarAsync(stormer, Batches) != batches)),
                TestContext.Current.CancellationToken);
            ended += await ScalarAsync(stormer, Sessions.Replace("(*)", "(pg_terminate_backend(pid))", StringComparison.Ordinal));
            batches = await ScalarAsync(stormer, Batches);
        }

        // The test's own connections were ended, too.
        await using (var pool = new NpgsqlConnection(world.Database.ConnectionString))
        {
            NpgsqlConnection.ClearPool(pool);
        }

        PipelineResult result = await running;

        Assert.Null(result.Fault);
        Assert.True(ended > 0, "No session was ended.");
        await golden.RequireAsync(world, "storm");
    }

    [Fact]
    public async Task Run_Failing_NeverTellsThePassword()
    {
        const string Secret = "s3cr3t-Pa55w0rd";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        var good = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString);
        List<string> texts = [];
        foreach (NpgsqlConnectionStringBuilder bad in (NpgsqlConnectionStringBuilder[])
        [
            new(good.ConnectionString) { Password = Secret },
            new(good.ConnectionString) { Password = Secret, Port = 1 },
            new(good.ConnectionString) { Password = Secret, Database = "missing" },
            new(good.ConnectionString) { Password = Secret, Host = "no-such-host.invalid" },
        ])
        {
            world.Tuning = Golden.NoRetries;
            world.ConnectionString = bad.ConnectionString;
            Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => world.RunAsync());
            texts.Add(exception.ToString());
            texts.Add(PostgresFaults.Classify(exception, $"{bad.Host}:{bad.Port}", FaultPhase.Connect).Message);
        }

        texts.AddRange(world.Said);
        Assert.All(texts, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The test's own SQL.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<Fault> FailAsync(SmallWorld world)
    {
        try
        {
            PipelineResult result = await world.RunAsync();
            Assert.Equal(RunOutcome.Failed, result.Outcome);
            return PostgresFaults.Classify(result.Fault!, "s", FaultPhase.Command);
        }
        catch (PostgresException exception)
        {
            return PostgresFaults.Classify(exception, "s", FaultPhase.Command);
        }
    }
}
