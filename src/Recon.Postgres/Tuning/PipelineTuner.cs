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
/// <param name="context">The pipeline and its input; limit and ids of the request do not apply.</param>
internal sealed class PipelineTuner(RunContext context)
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

    /// <param name="cancellationToken">Ends it; what was written is removed.</param>
    /// <exception cref="InputException">The input cannot be used, cannot be read repeatedly, or has too few records.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    /// <exception cref="StagingException">The staging schema is not usable, or an unfinished run is in the way.</exception>
    /// <exception cref="ConnectionSettingsException">The server has too few connections left for the present settings.</exception>
    /// <exception cref="PipelineHeldException">A run holds the pipeline.</exception>
    public async Task<TuneReport> TuneAsync(TuneOptions options, CancellationToken cancellationToken)
    {
        if (context.ReadsStandardInput)
        {
            throw new InputException(
                "recon tune reads the same records again and again, which standard input does not allow. Save it as a file and name that with --input.");
        }

        RunContext whole = context with { Request = context.Request with { Ids = null, Limit = null } };
        ValidPipeline pipeline = whole.Pipeline;

        // Without a usable header and enough records, nothing is touched on the server.
        await RequireEnoughAsync(whole.Request, pipeline, cancellationToken);
        long rows = options.Rows ?? Math.Max(DefaultRows, (long)TuneCandidates.LeastBatches * pipeline.Batch.Rows);
        await using TrialStaging staging = await TrialStaging.OpenAsync(whole, options.WillChangeDefinition, cancellationToken);
        var trials = new GraphTrials(whole, staging, rows);
        try
        {
            return await new TuneSearch(trials, pipeline, options, whole.Logger).SearchAsync(staging.Token);
        }
        catch (OperationCanceledException) when (staging.Lost is { } lost)
        {
            throw lost;
        }
    }

    private static async Task RequireEnoughAsync(RunRequest request, ValidPipeline pipeline, CancellationToken cancellationToken)
    {
        await using RunInput input = await RunInput.OpenAsync(
            request with { Limit = TuneOptions.LeastRecords }, pipeline, cancellationToken);
        long records = 0;
        while (await input.Reader.ReadAsync(cancellationToken) is { } batch)
        {
            using (batch)
            {
                records += batch.Counts.Read;
            }
        }

        if (records < TuneOptions.LeastRecords)
        {
            throw new InputException(
                $"'{pipeline.Name}' has {records} records to read; with fewer than {TuneOptions.LeastRecords} every setting takes "
                + "about the same time, and there is nothing to tune. Try a larger file with --input FILE; 'recon generate' makes one.");
        }
    }
}
