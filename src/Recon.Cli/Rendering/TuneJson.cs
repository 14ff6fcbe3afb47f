using System.Text.Json;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Cli.Rendering;

/// <summary>The document of <c>recon tune --json</c>: everything that was measured.</summary>
internal static class TuneJson
{
    /// <summary>Writes the document.</summary>
    /// <param name="changes">What the recommended settings change in the definition.</param>
    /// <returns>The text; ends in a line feed.</returns>
    public static string Write(
        TuneReport report, ValidPipeline pipeline, IReadOnlyList<DefinitionChange> changes, bool written) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("pipeline", report.Pipeline);
        json.WriteNumber("records", report.Records);
        json.WriteNumber("whole_records", report.WholeRecords);
        json.WriteBoolean("whole_records_estimated", !report.IsWhole);
        json.WriteStartArray("rounds");
        foreach (TuneRound round in report.Rounds)
        {
            WriteRound(json, report, round, pipeline);
        }

        json.WriteEndArray();
        WriteLimit(json, report.Limit);
        WriteSettings(json, "present", report.Present, pipeline);
        WriteSettings(json, "recommended", report.Recommended, pipeline);
        json.WriteNumber("gain", Rounded(report.Gain));
        json.WriteStartArray("changes");
        foreach (DefinitionChange change in changes)
        {
            json.WriteStartObject();
            json.WriteString("block", change.Block);
            json.WriteString("key", change.Key);
            json.WritePropertyName("value");
            json.WriteRawValue(change.Json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("written", written);
        json.WriteEndObject();
    }) + "\n";

    private static void WriteRound(Utf8JsonWriter json, TuneReport report, TuneRound round, ValidPipeline pipeline)
    {
        json.WriteStartObject();
        json.WriteString("aspect", Snake(round.Aspect.ToString()));
        json.WriteNumber("noise", Rounded(round.Noise));
        json.WriteStartArray("candidates");
        foreach (TuneCandidate candidate in round.Candidates)
        {
            json.WriteStartObject();
            WriteSettings(json, "settings", candidate.Settings, pipeline);
            json.WriteBoolean("chosen", candidate.Settings == round.Chosen);
            json.WriteString("verdict", Snake(candidate.Verdict.ToString()));
            json.WriteNumber("gain", Rounded(candidate.Gain));
            if (candidate.Note is not null)
            {
                json.WriteString("note", candidate.Note);
            }

            json.WriteStartArray("trials");
            foreach (Trial trial in candidate.Trials)
            {
                WriteTrial(json, report, trial);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTrial(Utf8JsonWriter json, TuneReport report, Trial trial)
    {
        json.WriteStartObject();
        json.WriteNumber("records", trial.Records);
        json.WriteNumber("opening_seconds", Rounded(trial.Opening.TotalSeconds));
        json.WriteNumber("streaming_seconds", Rounded(trial.Streaming.TotalSeconds));
        json.WriteNumber("whole_file_seconds", Rounded(trial.SecondsFor(report.WholeRecords)));
        json.WriteNumber("rows_per_second", (long)Math.Round(trial.RecordsPerSecond));
        json.WriteNumber("cpu_seconds_per_million", Rounded(trial.CpuSecondsPerMillion(report.WholeRecords)));
        json.WriteNumber("peak_mb", Rounded(trial.PeakBytes / 1_048_576.0));
        json.WriteStartObject("busy");
        foreach (TrialBlock block in trial.Blocks)
        {
            json.WriteNumber(block.Name, Rounded(block.Utilisation));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, string name, TuneSettings settings, ValidPipeline pipeline)
    {
        json.WriteStartObject(name);
        json.WriteNumber("batch_rows", settings.BatchRows);
        json.WriteNumber("writers", settings.Writers);
        json.WriteStartObject("lookups");
        foreach (ValidLookup lookup in settings.Apply(pipeline).Lookups)
        {
            json.WriteStartObject(lookup.Label);
            json.WriteNumber("parallelism", lookup.Parallelism);
            json.WriteString("strategy", TuneSettings.Word(lookup.Strategy));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, TuneLimit limit)
    {
        json.WriteStartObject("bottleneck");
        json.WriteString("side", Snake(limit.Side.ToString()));
        json.WriteString("block", limit.Block?.Name);
        json.WriteNumber("busy", Rounded(limit.Block?.Utilisation ?? 0));
        json.WriteNumber("cores_used", Rounded(limit.CoresUsed));
        json.WriteNumber("cores", limit.Cores);
        json.WriteEndObject();
    }

    private static double Rounded(double value) => Math.Round(value, 4);

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
