using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Gates;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Checks;

/// <summary>Looks the first records up, as a run would, and tells what is not found and why.</summary>
internal sealed class LookupSampleCheck(ReconDataSources sources, DefinitionReading reading, CheckOptions options)
{
    private const int Scans = 4;

    /// <param name="pipeline">One whose input and mirror are without errors.</param>
    public async Task CheckAsync(ValidPipeline pipeline, FindingLog log, CancellationToken cancellationToken)
    {
        if (options.Records == 0 || pipeline.Csv.Path == "-")
        {
            return;
        }

        // No table is read whole for a sample; some fallbacks cannot do without.
        ValidPipeline asking = pipeline.With(block => block is LookupBlockDefinition { Role: not LookupRole.Fallback } lookup
            ? lookup with { Strategy = LookupStrategy.Any }
            : block);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ScanTimeout * Scans);
        try
        {
            RunRequest request = RunRequest.Of(reading) with { Limit = options.Records };
            DryRunResult result = await new PipelineRunner(new RunContext(sources, request, asking)).DryRunAsync(0, limit.Token, folds: true);
            foreach (Miss miss in result.Misses)
            {
                ValidLookup lookup = pipeline.Lookups.First(lookup => lookup.Label == miss.Lookup);
                log.Warn($"lookup {miss.Lookup}", new FindingPlace(lookup.Block), $"Of the first {Show(result.Counts.Read, "record")}: {miss.Text}", null);
            }

            foreach (Excess odd in result.Findings.Misread)
            {
                log.Warn(
                    $"property {odd.About}",
                    new FindingPlace(pipeline.Diff.Properties.First(property => property.Property == odd.About)),
                    $"Of the first {Show(result.Counts.Read, "record")}: {odd.Finding}.",
                    string.Join(' ', odd.Advice));
            }

            // What the reader rejects is told where the records are read.
            foreach (ExceededGate gate in result.Exceeded.Where(gate => gate.Gate.Find != GateRules.Rejects))
            {
                // What is the whole input is what a run will judge.
                bool isWhole = result.Counts.Read < options.Records;
                Action<string, FindingPlace, string, string?> tell = isWhole ? log.Error : log.Warn;
                tell(
                    gate.Name,
                    new FindingPlace(pipeline.Source, nameof(pipeline.Name)),
                    $"{(isWhole ? "A" : "If the rest of the input is the same, a")} run will publish nothing: {string.Join("; ", gate.Excesses.Select(excess => excess.Finding))}.",
                    string.Join(' ', gate.Excesses.SelectMany(excess => excess.Advice).Distinct()));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.Warn(
                "lookups",
                new FindingPlace(pipeline.Source, nameof(pipeline.Name)),
                "Looking up the first records took too long, so what they would find was not checked.",
                "Create the indexes that this check proposes.");
        }
    }
}
