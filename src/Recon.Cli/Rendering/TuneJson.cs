using System.Text.Json;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Cli.Rendering;

/// <summary>The document of <c>recon tune --json</c>: everything that was measured.</summary>
internal sealed record TuneDocument(
    string Pipeline,
    long Records,
    long WholeRecords,
    bool WholeRecordsEstimated,
    IReadOnlyList<RoundDocument> Rounds,
    LimitDocument Bottleneck,
    SettingsDocument Present,
    SettingsDocument Recommended,
    double Gain,
    IReadOnlyList<ChangeDocument> Changes,
    bool Written)
{
    /// <param name="changes">What the recommended settings change in the definition.</param>
    public static string Write(
        TuneReport report, ValidPipeline pipeline, IReadOnlyList<DefinitionChange> changes, bool written) => JsonText.Of(
        new TuneDocument(
            report.Pipeline,
            report.Records,
            report.WholeRecords,
            !report.IsWhole,
            [.. report.Rounds.Select(round => RoundDocument.Of(round, report, pipeline))],
            LimitDocument.Of(report.Limit),
            SettingsDocument.Of(report.Present, pipeline),
            SettingsDocument.Of(report.Recommended, pipeline),
            Rounded(report.Gain),
            [.. changes.Select(change => new ChangeDocument(change.Block, change.Key, new RawJson(change.Json)))],
            written),
        TuneJson.Default.TuneDocument);

    internal static double Rounded(double value) => Math.Round(value, 4);

    internal static string Word<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

internal sealed record RoundDocument(string Aspect, double Noise, IReadOnlyList<CandidateDocument> Candidates)
{
    public static RoundDocument Of(TuneRound round, TuneReport report, ValidPipeline pipeline) => new(
        TuneDocument.Word(round.Aspect),
        TuneDocument.Rounded(round.Noise),
        [
            .. round.Candidates.Select(candidate => new CandidateDocument(
                SettingsDocument.Of(candidate.Settings, pipeline),
                candidate.Settings == round.Chosen,
                TuneDocument.Word(candidate.Verdict),
                TuneDocument.Rounded(candidate.Gain),
                candidate.Note,
                [.. candidate.Trials.Select(trial => TrialDocument.Of(trial, report))])),
        ]);
}

internal sealed record CandidateDocument(
    SettingsDocument Settings,
    bool Chosen,
    string Verdict,
    double Gain,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note,
    IReadOnlyList<TrialDocument> Trials);

internal sealed record TrialDocument(
    long Records,
    double OpeningSeconds,
    double StreamingSeconds,
    double WholeFileSeconds,
    long RowsPerSecond,
    double CpuSecondsPerMillion,
    double PeakMb,
    IReadOnlyDictionary<string, double> Busy)
{
    public static TrialDocument Of(Trial trial, TuneReport report) => new(
        trial.Records,
        TuneDocument.Rounded(trial.Opening.TotalSeconds),
        TuneDocument.Rounded(trial.Streaming.TotalSeconds),
        TuneDocument.Rounded(trial.SecondsFor(report.WholeRecords)),
        (long)Math.Round(trial.RecordsPerSecond),
        TuneDocument.Rounded(trial.CpuSecondsPerMillion(report.WholeRecords)),
        TuneDocument.Rounded(trial.PeakBytes / 1_048_576.0),
        JsonText.Object(trial.Blocks.Select(block => KeyValuePair.Create(block.Name, TuneDocument.Rounded(block.Utilisation)))));
}

internal sealed record SettingsDocument(int BatchRows, int Writers, IReadOnlyDictionary<string, LookupSettings> Lookups, int DiffParallelism)
{
    public static SettingsDocument Of(TuneSettings settings, ValidPipeline pipeline) => new(
        settings.BatchRows,
        settings.Writers,
        JsonText.Object(settings.Apply(pipeline).Lookups.Select(lookup => KeyValuePair.Create(
            lookup.Label, new LookupSettings(lookup.Parallelism, TuneSettings.Word(lookup.Strategy))))),
        settings.Apply(pipeline).Diff.Parallelism);
}

internal sealed record LookupSettings(int Parallelism, string Strategy);

internal sealed record LimitDocument(string Side, string? Block, double Busy, double CoresUsed, int Cores)
{
    public static LimitDocument Of(TuneLimit limit) => new(
        TuneDocument.Word(limit.Side),
        limit.Block?.Name,
        TuneDocument.Rounded(limit.Block?.Utilisation ?? 0),
        TuneDocument.Rounded(limit.CoresUsed),
        limit.Cores);
}

internal sealed record ChangeDocument(string Block, string Key, RawJson Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TuneDocument))]
internal sealed partial class TuneJson : JsonSerializerContext;
