using Recon.Dataflow.Definition;
using Recon.Dataflow.Trials;
using Recon.Postgres.Connections;

namespace Recon.Cli.Hosting;

/// <summary>
/// Has the code of a run compiled on a core that would be idle: that of connections while the definition is read, that
/// of the pipeline while the server is connected to. Rehearsals never fail and nobody waits for them; they end by
/// themselves within a second.
/// </summary>
internal static class Rehearsals
{
    // The code of a process is compiled once.
    private static int s_connections;
    private static int s_pipeline;

    /// <summary>Begins the rehearsal of connections, the first time.</summary>
    public static void OfConnections()
    {
        if (Interlocked.Exchange(ref s_connections, 1) == 0)
        {
            Begin(ConnectionRehearsal.RunAsync);
        }
    }

    /// <summary>Begins the rehearsal of a pipeline, the first time, if it suits.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="pipeline">The pipeline that is run first.</param>
    public static void Of(ReconDefinition definition, PipelineDefinition pipeline)
    {
        if (Interlocked.Exchange(ref s_pipeline, 1) == 0 && Rehearsal.Suits(pipeline))
        {
            Begin(token => Rehearsal.RunAsync(definition, pipeline, token));
        }
    }

    // With a single core it would only come on top of the real thing.
    private static void Begin(Func<CancellationToken, Task> rehearsal)
    {
        if (Environment.ProcessorCount > 1)
        {
            _ = Task.Run(() => QuietlyAsync(rehearsal), CancellationToken.None);
        }
    }

    private static async Task QuietlyAsync(Func<CancellationToken, Task> rehearsal)
    {
        try
        {
            await rehearsal(CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever it is, the run itself meets it again and tells.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
