using Recon.Postgres.Runs;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Listens to a run and says nothing.</summary>
internal sealed class SilentProgress : IRunProgress
{
    /// <summary>The only one.</summary>
    public static SilentProgress Instance { get; } = new();

    /// <inheritdoc/>
    public void Started(string pipeline, Func<RunState> state)
    {
    }

    /// <inheritdoc/>
    public void Say(string message)
    {
    }

    /// <inheritdoc/>
    public void Finished(string pipeline)
    {
    }
}
