using System.Diagnostics;
using System.Globalization;
using Recon.Benchmarks.WholeRuns;

namespace Recon.Benchmarks.Workers;

/// <summary>Kills the coordinator of a run in its middle, and watches who takes its place.</summary>
internal sealed class TakeOverRun(Workbench bench, Contender contender)
{
    private const int Workers = 2;

    // The run is under way, and far from its end.
    private const int Batches = 10;

    /// <summary>Runs it to its end.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TakeOver> RunAsync(CancellationToken token)
    {
        await using WorkerFleet fleet = await WorkerFleet.StartAsync(bench, contender, Workers, static _ => { }, token);
        await fleet.UntilAsync(
            "the first batches",
            string.Create(CultureInfo.InvariantCulture, $"""
                select count(*) >= {Batches} from staging.reconciliation_ledger
                where run_id = (select run_id from staging.reconciliation_lease where pipeline = 'communications')
                """),
            token);
        long epoch = await bench.CountAsync("select epoch from staging.reconciliation_lease where pipeline = 'communications'", token);
        fleet.Coordinator.Kill();
        long killed = Stopwatch.GetTimestamp();
        await fleet.UntilAsync(
            "another coordinator",
            string.Create(CultureInfo.InvariantCulture, $"select epoch > {epoch} from staging.reconciliation_lease where pipeline = 'communications'"),
            token);
        double leads = Stopwatch.GetElapsedTime(killed).TotalSeconds;
        await fleet.UntilAsync(
            "the first batch under it",
            """
            select exists (select 1 from staging.reconciliation_ledger g join staging.reconciliation_lease l using (pipeline)
                where pipeline = 'communications' and g.committed_at > l.acquired_at)
            """,
            token);
        double first = Stopwatch.GetElapsedTime(killed).TotalSeconds;
        await fleet.EndAsync(token);
        return await bench.CountAsync(
            "select count(*) from (select outcome from staging.reconciliation_log where pipeline = 'communications' order by started_at desc limit 1) l where outcome = 'completed'",
            token) == 1
            ? new TakeOver(leads, first)
            : throw new InvalidOperationException("The run was not completed by whoever took it over.");
    }
}

/// <summary>How long after a coordinator was killed, in seconds.</summary>
/// <param name="Leads">Another one holds the lease.</param>
/// <param name="FirstBatch">A batch is committed under it.</param>
internal sealed record TakeOver(double Leads, double FirstBatch)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"another one leads after {Leads:0.00} s, its first batch after {FirstBatch:0.00} s");
}
