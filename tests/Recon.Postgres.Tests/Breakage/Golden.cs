using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>What an undisturbed run gives: every run that was broken has to end with the same.</summary>
internal sealed record Golden(string Content, string Rejects, string Counts, long Batches)
{
    /// <summary>Counts of the log's row and of the ledger, in one line.</summary>
    private const string CountsSql = """
        select concat_ws(' ', l.outcome, l.read, l.staged, l.matched, l.unmatched, l.ambiguous, l.conflict, l.folded, l.filtered,
            l.rejected, l.with_changes, '|', sum(g.read), sum(g.staged), sum(g.folded), sum(g.filtered), sum(g.rejected))
        from staging.reconciliation_log l join staging.reconciliation_ledger g using (run_id, pipeline)
        where l.run_id = (select distinct run_id from staging.things)
        group by l.run_id, l.pipeline
        """;

    /// <summary>Attempts that nobody needs any more, and log rows that say something is going on.</summary>
    private const string LeftoversSql = """
        select (select count(*) from pg_class where relnamespace = 'staging'::regnamespace and relkind = 'r'
                and relname like 'things\_\_%' and not relispartition
                and relname not in (select former_table from staging.reconciliation_log where former_table is not null))
            + (select count(*) from staging.reconciliation_log where attempt_table is not null or outcome = 'running')
            + (select count(*) from staging.reconciliation_ledger where run_id <> (select distinct run_id from staging.things))
        """;

    /// <summary>No retries: every fault ends the run.</summary>
    public static RunTuning NoRetries { get; } = Tuning(new RetrySettings { MaxRetries = 0 });

    /// <summary>Retries without long waits: no single fault ends the run.</summary>
    public static RunTuning QuickRetries { get; } = Tuning(new RetrySettings
    {
        Delay = TimeSpan.FromMilliseconds(5),
        MaxDelay = TimeSpan.FromMilliseconds(50),
    });

    /// <summary>Runs undisturbed and keeps what came out.</summary>
    public static async Task<Golden> RunAsync(SmallWorld world)
    {
        PipelineResult result = await world.RunAsync();
        Assert.Null(result.Fault);
        Assert.Equal(0, await world.CountAsync(LeftoversSql));
        return await OfAsync(world);
    }

    /// <summary>Requires that a world is as after an undisturbed run.</summary>
    /// <param name="world">The world.</param>
    /// <param name="what">What was done to it, for the message.</param>
    public async Task RequireAsync(SmallWorld world, string what)
    {
        Golden found = await OfAsync(world);
        Assert.True(found.Content == Content, $"{what}: other content than that of an undisturbed run:\n{found.Content}\nnot\n{Content}");
        Assert.True(found.Rejects == Rejects, $"{what}: other rejects:\n{found.Rejects}\nnot\n{Rejects}");
        Assert.True(found.Counts == Counts, $"{what}: other counts: {found.Counts} not {Counts}");
        long leftovers = await world.CountAsync(LeftoversSql);
        Assert.True(leftovers == 0, $"{what}: {leftovers} attempts or ledgers were left behind");
    }

    /// <summary>Requires that a fault is understood: that it has a class and a message, and is no surprise.</summary>
    /// <param name="exception">The fault.</param>
    /// <param name="what">What was done, for the message.</param>
    public static void RequireUnderstood(Exception exception, string what)
    {
        if (exception is PipelineHeldException)
        {
            return;
        }

        Fault fault = PostgresFaults.Classify(exception, "server", FaultPhase.Command);
        Assert.True(fault.Kind is FaultKind.Transient or FaultKind.UnknownCommit, $"{what}: {fault.Kind}: {exception}");
        Assert.Equal(4, fault.ExitCode);
    }

    private static async Task<Golden> OfAsync(SmallWorld world) => new(
        await world.ContentAsync(),
        await world.RejectsAsync(),
        await world.Database.QueryValueAsync<string>(CountsSql) ?? "",
        await world.CountAsync("select count(*) from staging.reconciliation_ledger"));

    private static RunTuning Tuning(RetrySettings retries) => new()
    {
        Start = retries,
        Lookups = retries,
        Batches = retries,
        Ending = retries,
        Lease = new LeaseTiming { Beat = TimeSpan.FromMilliseconds(60), Expiry = TimeSpan.FromSeconds(20) },
    };
}
