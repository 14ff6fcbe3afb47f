using System.Globalization;
using System.Text;

namespace Recon.Benchmarks.Profiling;

/// <summary>A profile as Markdown, for the terminal and for <c>docs/tuning.md</c>.</summary>
internal static class ProfileText
{
    /// <summary>Writes a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="circumstances">Date, machine and versions, in a sentence.</param>
    public static string Of(RunProfile profile, string circumstances)
    {
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        double other = 1e6 * (profile.ClientCpu - profile.Stages.Sum(stage => stage.ClientCpu) * profile.Rows / 1e6) / profile.Rows;
        text.Append(culture, $"""
            {profile.Rows:N0} communications, strategy `{profile.Strategy}`: {profile.Seconds:0.00} s. {circumstances}

            | | in all | per record |
            |---|---|---|
            | wall time | {profile.Seconds:0.00} s | {1e6 * profile.Seconds / profile.Rows:0.00} µs |
            | CPU of recon | {profile.ClientCpu:0.00} s | {1e6 * profile.ClientCpu / profile.Rows:0.00} µs |
            | CPU of the server | {profile.ServerCpu:0.00} s | {1e6 * profile.ServerCpu / profile.Rows:0.00} µs |
            | allocated | {profile.AllocatedBytes / 1e6:0.0} MB | {(double)profile.AllocatedBytes / profile.Rows:0.0} bytes |
            | peak memory | {profile.PeakMegabytes:0} MB | |
            | collections | {profile.Collections[0]} of generation 0, {profile.Collections[1]} of 1, {profile.Collections[2]} of 2 | |

            Phases: {string.Join(", ", profile.Phases.Select(phase => string.Create(culture, $"{phase.Key} {phase.Value.TotalSeconds:0.00} s")))}.

            | block | at a time | batches | busy | utilisation | batches waiting | wait of a batch |
            |---|---|---|---|---|---|---|

            """);
        foreach (BlockCost block in profile.Blocks)
        {
            text.Append(
                culture,
                $"| {block.Name} | {block.Parallelism} | {block.Batches} | {block.BusySeconds:0.00} s | {100 * block.Utilisation:0} % | {block.Waiting:0.0} | {block.WaitMilliseconds:0.0} ms |\n");
        }

        if (profile.Stages.Count > 0)
        {
            text.Append("\nEach stage alone, warm, one batch after the other:\n\n| stage | wall time of a record | CPU of recon | allocated |\n|---|---|---|---|\n");
            foreach (StageCost stage in profile.Stages)
            {
                text.Append(
                    culture,
                    $"| {stage.Name} | {stage.Microseconds:0.00} µs | {stage.ClientCpu:0.00} µs | {stage.AllocatedBytes:0.0} bytes |\n");
            }

            text.Append(culture, $"\nWhat the run's CPU time has beyond that (start, compilation, graph, ending): {other:0.00} µs per record.\n");
        }

        return text.ToString();
    }
}
