using System.Globalization;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>
/// Cuts the connection at one message after the other of a small full run, until a run passes undisturbed. After each
/// cut the run goes on by itself or is resumed, and everything has to be as if nothing had happened.
/// </summary>
public sealed class FaultSweepTests(PostgresServer server, ITestOutputHelper output)
{
    /// <summary>Three batches: with a repeat, a conflict, an unmatched, an ambiguous, a filtered record and two malformed ones.</summary>
    private const int EveryMessageRecords = 22;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Run_CutAtEveryFewMessages_IsResumedExactly(bool stayDown) => SweepAsync(
        new FaultSweep(stayDown ? "down" : "cut", k => new FaultPlan { CutAtMessage = k, StayDown = stayDown }, FaultSweep.ResumeAsync)
        {
            First = stayDown ? 5 : 1,
            Step = 97,
        });

    [Fact]
    public Task Run_CutAtEveryFewMessages_CompletesByItself() => SweepAsync(
        new FaultSweep("retry", k => new FaultPlan { CutAtMessage = k }, FaultSweep.CompleteByItselfAsync) { First = 3, Step = 89 });

    [Fact]
    public Task Run_CommitReplySwallowed_IsResumedExactly()
        => SweepAsync(new FaultSweep("commit", n => new FaultPlan { SwallowCommit = n }, FaultSweep.ResumeAsync));

    [Fact]
    public Task Run_CommitReplySwallowed_CompletesByItself()
        => SweepAsync(new FaultSweep("commit, retry", n => new FaultPlan { SwallowCommit = n }, FaultSweep.CompleteByItselfAsync));

    [Fact]
    public Task Run_CutWhileConnecting_CompletesByItself() => SweepAsync(
        new FaultSweep("connecting", k => new FaultPlan { CutAtMessage = k, CountStart = true }, FaultSweep.CompleteByItselfAsync)
        {
            Step = 7,
            Most = 8,
        });

    /// <summary>
    /// Every message of a run that finds nothing, each followed by a resume; every third time all connections are lost.
    /// Then every fourth message of a run that finds a former result, which goes on by itself. Two worlds take every
    /// second point each, side by side. With RECON_CUTS=2/3 each takes every third of its
    /// points, from the second on; 1/3, 2/3 and 3/3 are together the same as all at once.
    /// </summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public Task Run_CutAtEveryMessage_EndsExactly()
        => Task.WhenAll(Task.Run(() => EverySecondMessageAsync(1)), Task.Run(() => EverySecondMessageAsync(2)));

    private async Task EverySecondMessageAsync(int first)
    {
        int[] part = [.. (Environment.GetEnvironmentVariable("RECON_CUTS") ?? "1/1").Split('/').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        (int before, int parts) = (part[0] - 1, part[1]);
        await SweepAsync(new FaultSweep(
            "every message, resumed", k => new FaultPlan { CutAtMessage = k, StayDown = k % 3 == 0 }, FaultSweep.ResumeAsync)
        {
            First = first + (2 * before),
            Step = 2 * parts,
            Records = EveryMessageRecords,
            FindsFormer = _ => false,
        });
        await SweepAsync(new FaultSweep(
            "every fourth message, by itself", k => new FaultPlan { CutAtMessage = k }, FaultSweep.CompleteByItselfAsync)
        {
            First = (4 * first) + (8 * before),
            Step = 8 * parts,
            Records = EveryMessageRecords,
            FindsFormer = _ => true,
        });
    }

    private async Task SweepAsync(FaultSweep sweep) => output.WriteLine(await sweep.SweepAsync(server));
}
