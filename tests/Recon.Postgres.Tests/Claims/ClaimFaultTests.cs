using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Breakage;
using Recon.Testing;

namespace Recon.Postgres.Tests.Claims;

/// <summary>Runs with double claims that are broken somewhere, and resumed: everything is as if nothing had happened.</summary>
public sealed class ClaimFaultTests(PostgresServer server)
{
    private const string LedgerSql = """
        select concat_ws(' ', sum((counts ->> 'matched')::bigint), sum((counts ->> 'ambiguous')::bigint), sum((counts ->> 'contested')::bigint),
            sum((counts ->> 'withChanges')::bigint)) from staging.reconciliation_ledger where run_id = (select distinct run_id from staging.things)
        """;

    [Fact]
    public async Task Run_SettlementRefused_IsResumedWithTheSameContent()
    {
        await using ClaimsWorld world = await CreateAsync();
        await world.CompleteAsync();
        string expected = await SeenAsync(world);
        await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger add constraint unsettled check (batch >= 0) not valid");

        PipelineResult failed = await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger drop constraint unsettled");
        PipelineResult resumed = await world.CompleteAsync(request => request with { Resume = true });

        Assert.Equal((RunOutcome.Failed, true), (failed.Outcome, failed.Resumable));
        Assert.True(resumed.Counts.Contested > 0);
        Assert.Equal(expected, await SeenAsync(world));
    }

    [Fact]
    public async Task Run_SettledBeforeItWasKilled_SettlesNothingTwice()
    {
        await using ClaimsWorld world = await CreateAsync();
        await world.CompleteAsync();
        string expected = await SeenAsync(world);
        await world.Database.ExecuteAsync("""
            alter table staging.reconciliation_log add constraint unpublished check (outcome <> 'completed') not valid
            """);

        PipelineResult failed = await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.reconciliation_log drop constraint unpublished");
        await world.CompleteAsync(request => request with { Resume = true });

        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        Assert.Equal(expected, await SeenAsync(world));
    }

    [Fact]
    public async Task Run_CutAtAnyMessage_IsResumedWithTheSameContent()
    {
        await using ClaimsWorld world = await CreateAsync();
        await world.CompleteAsync();
        string expected = await SeenAsync(world);
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        int cuts = 0;
        for (int point = 5; ; point += 41, cuts++)
        {
            await world.Database.ExecuteAsync("drop schema staging cascade");
            proxy.Arm(new FaultPlan { CutAtMessage = point });
            (world.ConnectionString, world.Tuning) = (proxy.ConnectionString, Golden.NoRetries);
            try
            {
                await world.RunAsync();
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Golden.RequireUnderstood(exception, $"cut at {point}");
            }

            (world.ConnectionString, world.Tuning) = (null, new RunTuning());
            if (!await world.IsPublishedAsync())
            {
                await world.CompleteAsync(request => request with { Resume = true });
            }

            Assert.True(expected == await SeenAsync(world), $"cut at {point}: {await SeenAsync(world)}\nnot\n{expected}");
            if (!proxy.HasCut)
            {
                break;
            }
        }

        Assert.True(cuts > 5, $"only {cuts} cuts");
    }

    // The reply to each COMMIT is lost, that of the settlement and that of the publication of a partial run among them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_AnyCommitReplyLost_CompletesByItselfWithTheSameCounts(bool isPartial)
    {
        await using ClaimsWorld world = await CreateAsync();
        Func<RunRequest, RunRequest> change = request => isPartial ? request with { Ids = new HashSet<string> { "3", "4", "14", "15" } } : request;
        await world.CompleteAsync();
        PipelineResult undisturbed = await world.CompleteAsync(change);
        string expected = await world.ContentAsync();
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        world.Tuning = Golden.QuickRetries;
        for (int commit = 1; ; commit++)
        {
            proxy.Arm(new FaultPlan { SwallowCommit = commit });
            world.ConnectionString = proxy.ConnectionString;

            PipelineResult result = await world.CompleteAsync(change);

            Assert.Equal(ClaimTests.Told(undisturbed.Counts), ClaimTests.Told(result.Counts));
            Assert.Equal(expected, await world.ContentAsync());
            if (!proxy.HasCut)
            {
                Assert.True(commit > 3);
                return;
            }
        }
    }

    private async Task<ClaimsWorld> CreateAsync()
    {
        ClaimsWorld world = await ClaimsWorld.CreateAsync(
            server, "select 1000 + i, case when i < 3 then i::text end, 'e' || i || '@x.fr', 'p' || i, 'n' from generate_series(0, 19) i");
        world.BatchRows = 4;
        await world.WriteAsync(ClaimTests.Lines(30, i => $"{i},{(i % 3 == 0 ? "" : $"e{i}@x.fr")},p{i % 14},{(i % 2 == 0 ? "n" : "other")}"));
        return world;
    }

    private static async Task<string> SeenAsync(ClaimsWorld world)
        => await world.Database.QueryValueAsync<string>(LedgerSql) + "\n" + await world.ContentAsync();
}
