using Recon.Dataflow.Extract;

namespace Recon.Postgres.Runs;

/// <summary>The process's standard input, which stays open.</summary>
internal static class ProcessInput
{
    /// <summary>Opens it; nothing is read yet.</summary>
    /// <returns><see langword="null"/> when the process was started without one.</returns>
    public static Stream? Open() => StandardStreams.IsInputOpen ? new WaitableInput(Console.OpenStandardInput()) : null;
}
