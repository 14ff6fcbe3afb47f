using Microsoft.Extensions.Logging;
using Recon.Cli.Hosting;
using Recon.Postgres.Runs;

namespace Recon.Cli.Tests.Hosting;

public sealed class LineLoggerTests
{
    private static readonly Guid s_run = Guid.Parse("0199a000-0000-7000-8000-000000000000");

    [Fact]
    public void Events_OfARun_ReadAsLines()
    {
        List<string> lines = [];
        ILogger logger = new LineLogger(lines.Add, quiet: false);

        logger.Resuming("deals", s_run, 6_000, 3);
        logger.BatchRetried("deals", 0.25, "A lock was not available.");
        logger.StrategyChosen("deals", "match", "any", "the table has 7 rows");
        logger.LeaseNotReleased("deals", 30);

        Assert.Equal(
            [
                $"deals: resuming run {s_run}; 6,000 records in 3 batches were committed before.",
                "deals: a batch is tried again in 0.3 s: A lock was not available.",
                "deals: lookup 'match' uses the strategy any: the table has 7 rows.",
                "The lease of 'deals' could not be given back; it ends by itself in 30 s at most.",
            ],
            lines);
    }

    [Fact]
    public void Events_Quiet_AreWarningsOnly()
    {
        List<string> lines = [];
        ILogger logger = new LineLogger(lines.Add, quiet: true);

        logger.Resuming("deals", s_run, 6_000, 3);
        logger.BatchesLost("deals");

        Assert.StartsWith("deals: the server crashed", Assert.Single(lines), StringComparison.Ordinal);
    }
}
