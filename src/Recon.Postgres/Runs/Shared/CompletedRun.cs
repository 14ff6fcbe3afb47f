using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>The run by which a pipeline of a job was completed, whichever process did it.</summary>
/// <param name="Details">What it counted and warned of, as the log has it.</param>
/// <param name="Written">Rows that it published.</param>
internal sealed record CompletedRun(Guid RunId, string Details, long? Written, RunWay Way)
{
    public PipelineResult ResultOf(string pipeline, TimeSpan elapsed)
    {
        IReadOnlyList<string> warnings = CountsJson.ReadWarnings(Details);
        return new PipelineResult(
            pipeline,
            RunId,
            RunOutcome.Completed,
            CountsJson.Read(Details),
            elapsed,
            Blocks: [],
            Bottleneck: null,
            MostResidentBatches: 0,
            RejectsAboveLimit: false,
            warnings,
            Fault: null,
            Resumable: false)
        {
            Way = Way,
            Written = Written,
        };
    }
}
