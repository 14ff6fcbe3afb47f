using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Staging;

namespace Recon.Testing;

/// <summary>A run in a process of its own, with a lease that expires soon, so that tests can stop it.</summary>
public static class RunProcess
{
    /// <summary>Beats and expiry that the process and the tests around it use.</summary>
    internal static LeaseTiming Timing { get; } =
        new() { Beat = TimeSpan.FromMilliseconds(100), Expiry = TimeSpan.FromSeconds(2) };

    /// <summary>Runs the first pipeline of a definition.</summary>
    /// <param name="definition">Path of the definition.</param>
    /// <param name="connection">How to connect, as Npgsql keywords.</param>
    /// <param name="leastToCompare">Fewest published rows with which a run compares its own; <see langword="null"/> for recon's own.</param>
    /// <returns>recon's exit code. Prints <c>running</c> when the first batch is about to be read.</returns>
    public static async Task<int> RunAsync(string definition, string connection, int? leastToCompare = null)
    {
        DefinitionReading reading = DefinitionReader.Parse(await File.ReadAllBytesAsync(definition), definition);
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(connection, new DataSourceOptions());
        var request = new RunRequest
        {
            Definition = reading.Definition!,
            BaseDirectory = Path.GetDirectoryName(definition)!,
            Fingerprint = reading.FingerprintOf,
        };
        var context = new RunContext(sources, request, reading.Definition!.Pipelines[0])
        {
            Logger = new CallLogger(Console.Error.WriteLine),
            Progress = new Printer(),
            Tuning = leastToCompare is { } least ? new RunTuning { Lease = Timing, LeastToCompare = least } : new RunTuning { Lease = Timing },
        };
        try
        {
            PipelineResult result = await new PipelineRunner(context).RunAsync(
                Guid.CreateVersion7(), CancellationToken.None, CancellationToken.None);
            return result.Fault is null ? 0 : Tell(result.Fault, sources.Server);
        }
        catch (PipelineHeldException held)
        {
            await Console.Error.WriteLineAsync(held.Message);
            return 5;
        }
    }

    private static int Tell(Exception exception, string server)
    {
        Fault fault = PostgresFaults.Classify(exception, server, FaultPhase.Command);
        Console.Error.WriteLine(fault.Message);
        return fault.ExitCode;
    }

    private sealed class Printer : IRunProgress
    {
        public void Started(RunWatch run) => Console.WriteLine("running");

        public void Finished(RunWatch run)
        {
        }
    }
}
