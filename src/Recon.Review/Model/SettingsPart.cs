using System.Text.Json;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Review.Model;

/// <summary>What a run was made from, and how it was set.</summary>
internal static class SettingsPart
{
    public static SettingsFacts Of(PipelineEvidence evidence)
    {
        LoggedRun run = evidence.Reported.Run!;
        ValidPipeline pipeline = evidence.Pipeline;
        using JsonDocument decided = JsonDocument.Parse(run.Strategies);
        return new SettingsFacts(
            run.Fingerprints.Definition,
            RunNotes.IsSame(evidence),
            run.Fingerprints.Input,
            run.Fingerprints.InputFiles,
            evidence.TimeZone,
            [
                .. pipeline.Lookups.Select(lookup => new LookupFacts(
                    lookup.Label, lookup.Role.ToString().ToLowerInvariant(), lookup.Table, lookup.Key,
                    Decided(decided.RootElement, lookup.Label, "strategy"), Decided(decided.RootElement, lookup.Label, "reason"))),
            ],
            [
                $"batches of {Show(pipeline.Batch.Rows, "record")} or {Show(pipeline.Batch.Bytes, "byte")}, {Show(pipeline.Batch.Capacity)} waiting at most",
                .. pipeline.Lookups.Select(lookup => $"{lookup.Label}: {Show(lookup.Parallelism)} at a time, {Show(lookup.Block.Capacity)} inside at most"),
                $"{pipeline.Diff.Label}: {Show(pipeline.Diff.Parallelism)} at a time, {Show(pipeline.Diff.Capacity)} inside at most",
                $"{pipeline.Stage.Label}: {Show(pipeline.Stage.Writers, "writer")}, {Show(pipeline.Stage.Capacity)} inside at most",
            ]);
    }

    private static string? Decided(JsonElement all, string lookup, string what)
        => all.TryGetProperty(lookup, out JsonElement decided) && decided.TryGetProperty(what, out JsonElement value) ? value.GetString() : null;
}
