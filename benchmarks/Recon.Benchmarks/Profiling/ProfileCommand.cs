using System.Globalization;
using Recon.Benchmarks.Reporting;
using Recon.Benchmarks.Results;
using Recon.Benchmarks.WholeRuns;

namespace Recon.Benchmarks.Profiling;

/// <summary><c>profile</c>: runs once, prints where the time went, and refreshes the document where asked to.</summary>
internal static class ProfileCommand
{
    /// <summary>Runs it.</summary>
    /// <param name="rows">Communications.</param>
    /// <param name="strategy">The lookup strategy.</param>
    /// <param name="write">Whether <c>docs/tuning.md</c> is refreshed.</param>
    /// <param name="log">Told what happens.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(long rows, string strategy, bool write, Action<string> log, CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        RunProfile profile = await ProfiledRun.RunAsync(bench, strategy, token);
        string circumstances = string.Create(
            CultureInfo.InvariantCulture,
            $"Measured on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} with {MachineText.Of(MachineFacts.Machine(), MachineFacts.Versions(bench.ServerVersion))}.");
        string text = ProfileText.Of(profile, circumstances);
        Console.WriteLine(text);
        if (write)
        {
            string document = Path.Combine(Workbench.Root, "docs", "tuning.md");
            MarkedSection.Refresh(document, "profile", text);
            log($"{document} is refreshed.");
        }

        return 0;
    }
}
