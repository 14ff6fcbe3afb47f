using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Postgres.Connections;
using Recon.Postgres.Wire;

namespace Recon.Cli.Hosting;

/// <summary>
/// Has the code of a run compiled on a core that would be idle, while arguments and definition are read and the server
/// is connected to. Rehearsals never fail and nobody waits for them; they end by themselves within a second.
/// </summary>
internal static class Rehearsals
{
    /// <summary>Begins, if the arguments ask for a run and there is a core to spare.</summary>
    public static void Begin(IReadOnlyList<string> args)
    {
        if (Environment.ProcessorCount > 1 && args.Contains("run", StringComparer.Ordinal))
        {
            _ = Task.Run(RunAsync, CancellationToken.None);
        }
    }

    // In the order in which a run needs them.
    private static async Task RunAsync()
    {
        try
        {
            ValidDefinition definition = Rehearsal.ReadDefinition();
            await ConnectionRehearsal.RunAsync(CancellationToken.None);
            var stamp = new RunStamp(Guid.Empty, TimeProvider.System, []);
            await Rehearsal.RunAsync(definition, plan => new TupleEncoder(plan, stamp), CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever it is, the run itself meets it again and tells.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
