using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Tuning;

/// <summary>
/// Finds the fastest settings of a pipeline on the user's own data and server, by running a slice of the input with
/// different ones. Nothing is staged: when it ends, however it ends, staging is as it was.
/// </summary>
/// <param name="say">Told what is being measured, and about leftovers.</param>
internal sealed class PipelineTuner(ReconDataSources sources, TimeProvider clock, Action<string> say, string toolVersion)
{
    private const long DefaultRows = 50_000;

    /// <summary>How many connections the largest settings need.</summary>
    public static DataSourceOptions Sizes(ValidPipeline pipeline, TuneOptions options)
    {
        ValidPipeline largest = TuneCandidates.Largest(pipeline, options.Cores);
        return new DataSourceOptions
        {
            LookupConnections = Math.Min(500, 1 + largest.Lookups.Sum(lookup => lookup.Parallelism)),
            WriterConnections = 2 + largest.Stage.Writers,
        };
    }

    /// <summary>Measures and compares.</summary>
    /// <param name="request">The definition and the input; limit and ids do not apply.</param>
    /// <param name="cancellationToken">Ends it; what was written is removed.</param>
    /// <returns>The measurements and what follows from them.</returns>
    /// <exception cref="InputException">The input cannot be used, cannot be read repeatedly, or has too few records.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    /// <exception cref="StagingException">The staging schema is not usable, or an unfinished run is in the way.</exception>
    /// <exception cref="ConnectionSettingsException">The server has too few connections left for the present settings.</exception>
    /// <exception cref="PipelineHeldException">A run holds the pipeline.</exception>
    public async Task<TuneReport> TuneAsync(
        RunRequest request, ValidPipeline pipeline, TuneOptions options, CancellationToken cancellationToken)
    {
        if ((request.Input ?? pipeline.Csv.Path) == "-")
        {
            throw new InputException(
                "recon tune reads the same records again and again, which standard input does not allow. Save it as a file and name that with --input.");
        }

        RunRequest reading = request with { Ids = null, Limit = null };
        await using (await RunInput.OpenAsync(reading, pipeline, cancellationToken))
        {
            // At this point the file has a usable header; without one, nothing is touched on the server.
        }

        var tables = new StagingTables(request.Definition.Staging.Schema);
        long rows = options.Rows ?? Math.Max(DefaultRows, (long)TuneCandidates.LeastBatches * pipeline.Batch.Rows);
        await using TrialStaging staging = await TrialStaging.OpenAsync(
            sources, tables, pipeline, toolVersion, options, clock, say, cancellationToken);
        var trials = new GraphTrials(
            sources, tables, reading, pipeline, staging, rows, options.Tuning ?? new RunTuning(), clock);
        try
        {
            return await new TuneSearch(trials, pipeline, options, say).SearchAsync(staging.Token);
        }
        catch (OperationCanceledException) when (staging.Lost is { } lost)
        {
            throw lost;
        }
    }
}
