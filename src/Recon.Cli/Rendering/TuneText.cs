using System.Globalization;
using System.Text;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Cli.Rendering;

/// <summary>The result of <c>recon tune</c> for people: a table and a plot per round, then what follows.</summary>
internal static class TuneText
{
    private static readonly TableColumn[] s_headers =
        ["", ">records/s", "?>slowest", "?>fastest", "?>CPU s/million", "?>peak MB", ">whole file s", "?", "~verdict"];

    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    /// <returns>The text; each line ends in a line feed.</returns>
    public static string Draw(TuneReport report, ValidPipeline pipeline, TuneOptions options, int? width)
    {
        StringBuilder text = new();
        text.Append(report.IsWhole
            ? $"{report.Pipeline}: all {Show.Count(report.Records)} records, each setting {options.Repeat} times. Nothing was staged.\n"
            : $"{report.Pipeline}: the first {Show.Count(report.Records)} of about {Show.Count(report.WholeRecords)} records (estimated from the "
                + $"file's size), each setting {options.Repeat} times. Nothing was staged.\n");
        foreach (TuneRound round in report.Rounds)
        {
            text.Append('\n').Append(Title(round.Aspect)).Append('\n').Append(Table(report, round, pipeline, width));
        }

        text.Append('\n').Append("Bars: █ up to the slowest, ▓ to the median, ░ to the fastest repetition. Noise: ")
            .Append(Percent(report.Rounds.Count == 0 ? 0 : report.Rounds.Max(round => round.Noise))).Append(".\n");
        text.Append("Faster means that the whole file takes less time by at least 5 % and twice the noise, in every repetition (one in eight may differ).\n");
        text.Append("Not measured, as it is the same for all settings: indexes, repeats, publication.\n");
        if (!report.IsWhole)
        {
            text.Append("The time for the whole file is an estimate: opening (catalog, caches) once, the rest at the pace of the measured part. The first records may not be typical.\n");
        }

        return text.Append('\n').Append("Bottleneck: ").Append(Limit(report.Limit)).Append('\n')
            .Append(Recommendation(report, pipeline)).ToString();
    }

    /// <summary>What to do with the result.</summary>
    /// <returns>The text; ends in a line feed.</returns>
    public static string Next(IReadOnlyList<DefinitionChange> changes, bool written, string path)
        => changes.Count == 0 ? (written ? $"{path} was not changed.\n" : "")
            : written ? $"Written to {path}. The next run uses it; earlier results do not change.\n"
            : $"Not written: add --write to write these settings into {path}.\n";

    /// <summary>Settings in words.</summary>
    /// <param name="aspect">Which of them are shown.</param>
    public static string Name(TuneAspect aspect, TuneSettings settings, ValidPipeline pipeline) => aspect switch
    {
        TuneAspect.BatchRows => settings.BatchRows.ToString(CultureInfo.InvariantCulture),
        TuneAspect.Writers => settings.Writers.ToString(CultureInfo.InvariantCulture),
        TuneAspect.Diffs => settings.Apply(pipeline).Diff.Parallelism.ToString(CultureInfo.InvariantCulture),
        TuneAspect.Parallelism => Several(settings.Apply(pipeline).Lookups.Select(
            lookup => lookup.Parallelism.ToString(CultureInfo.InvariantCulture))),
        TuneAspect.Strategy => Several(settings.Apply(pipeline).Lookups.Where(lookup => lookup.Role != LookupRole.Fallback)
            .Select(lookup => TuneSettings.Word(lookup.Strategy))),
        _ => settings == TuneSettings.Of(pipeline) ? "present" : "best",
    };

    private static string Several(IEnumerable<string> values)
    {
        string[] all = [.. values];
        return all.Distinct(StringComparer.Ordinal).Count() == 1 ? all[0] : string.Join('/', all);
    }

    private static string Table(TuneReport report, TuneRound round, ValidPipeline pipeline, int? width)
    {
        double fastest = round.Candidates.SelectMany(candidate => candidate.Trials).Max(trial => Rate(trial, report));
        return TextTable.Draw(width, s_headers, [.. round.Candidates.Select(candidate => Row(candidate))]);

        string[] Row(TuneCandidate candidate)
        {
            string name = $"{(candidate.Settings == round.Chosen ? "*" : " ")} {Name(round.Aspect, candidate.Settings, pipeline)}";
            if (candidate.Trials.Count == 0)
            {
                return [name, "", "", "", "", "", "", "", Verdict(candidate)];
            }

            double[] rates = [.. candidate.Trials.Select(trial => Rate(trial, report)).Order()];
            double median = TuneJudgement.Median(rates);
            return
            [
                name,
                Number(median), Number(rates[0]), Number(rates[^1]),
                TuneJudgement.Median(candidate.Trials.Select(trial => trial.CpuSecondsPerMillion(report.WholeRecords))).ToString("0.00", CultureInfo.InvariantCulture),
                Memory(candidate),
                TuneJudgement.Median(candidate.Trials.Select(trial => trial.SecondsFor(report.WholeRecords))).ToString("0.0", CultureInfo.InvariantCulture),
                TunePlot.Bar(rates[0], median, rates[^1], fastest),
                Verdict(candidate),
            ];
        }
    }

    // Over the whole file, so that what a cache costs to load is in it.
    private static double Rate(Trial trial, TuneReport report)
        => trial.SecondsFor(report.WholeRecords) is var seconds and > 0 ? report.WholeRecords / seconds : 0;

    private static string Verdict(TuneCandidate candidate) => candidate.Verdict switch
    {
        TuneVerdict.Reference => "compared with",
        TuneVerdict.Faster => $"faster, {Percent(candidate.Gain)} less time",
        TuneVerdict.Slower => $"slower, {Percent(-candidate.Gain)} more time",
        TuneVerdict.NoDifference => $"no clear difference ({Percent(Math.Abs(candidate.Gain))} {(candidate.Gain < 0 ? "more" : "less")} time)",
        TuneVerdict.Same => candidate.Note ?? "",
        _ => $"not tried: {candidate.Note}",
    };

    private static string Recommendation(TuneReport report, ValidPipeline pipeline)
    {
        IReadOnlyList<DefinitionChange> changes = report.Recommended.Changes(pipeline);
        if (changes.Count == 0)
        {
            return report.Rounds.Any(round => round.Aspect == TuneAspect.Confirmation)
                ? "Recommended: the present settings. What looked faster was not faster when measured again.\n"
                : "Recommended: the present settings. Nothing was clearly faster.\n";
        }

        TuneRound confirmation = report.Rounds[^1];
        return $"Recommended, {Percent(report.Gain)} less time than now, at {Memory(confirmation.Candidates[^1])} MB of memory (now {Memory(confirmation.Candidates[0])}):\n"
            + string.Concat(changes.Select(change => $"  {change.Block}: \"{change.Key}\": {change.Json}\n"));
    }

    private static string Limit(TuneLimit limit)
    {
        string cores = string.Create(CultureInfo.InvariantCulture, $"this process uses {limit.CoresUsed:0.0} of {limit.Cores} processors");
        string block = limit.Block is { } busiest ? $"'{busiest.Name}', busy {Percent(busiest.Utilisation)} of the time" : "none";
        return limit.Side switch
        {
            TuneSide.Processor => $"the processors of this machine ({cores}; busiest block {block}). Fewer or cheaper properties help; more parallelism does not.",
            TuneSide.Reading => $"reading the file (block {block}; {cores}). One reader reads it; a faster disk or an uncompressed file may help.",
            TuneSide.Computing => $"computing in block {block} ({cores}). \"parallelism\" of that block may help.",
            TuneSide.Server when limit.Block?.Kind == "stage" =>
                $"the server, writing and committing (block {block}; {cores}). Its disk and its processors decide.",
            TuneSide.Server => $"the server, answering (block {block}; {cores}). 'recon check' shows missing indexes.",
            _ => $"none: no block is busy most of the time (busiest {block}; {cores}).",
        };
    }

    private static string Title(TuneAspect aspect) => aspect switch
    {
        TuneAspect.BatchRows => "batch: rows",
        TuneAspect.Parallelism => "lookup: parallelism",
        TuneAspect.Writers => "stage: writers",
        TuneAspect.Diffs => "diff: parallelism",
        TuneAspect.Strategy => "lookup: strategy",
        _ => "measured again: the present settings and the best",
    };

    private static string Memory(TuneCandidate candidate) => Number(candidate.Trials.Max(trial => trial.PeakBytes) / 1_048_576.0);

    private static string Number(double value) => Show.Count((long)Math.Round(value));

    private static string Percent(double share)
        => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");
}
