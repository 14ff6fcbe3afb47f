using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;
using Recon.Review.Markup;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Review.Model;

/// <summary>Makes a report of what pipelines' runs left. What is to be hidden is hidden here, so that nothing behind it can show it.</summary>
internal sealed class ReportBuilder(string toolVersion, DateTimeOffset now, bool masked)
{
    // Of a property whose values are hidden, transitions between options are looked for among these.
    public const int MostTransitions = 50;

    // Of changes that occur once, so many are told as examples.
    private const int Single = 2;

    public ReportDocument Build(IReadOnlyList<PipelineEvidence> pipelines, ReportDetail detail)
    {
        PipelineReport[] reports = [.. pipelines.Where(each => each.Reported.Run is not null).Select(each => Pipeline(each, detail))];
        PipelineReport[] results = [.. reports.Where(each => each.WithoutResult is null)];
        Account all = Sum(results.Select(each => each.Account));
        return new ReportDocument(
            now, toolVersion, masked, results.Length == 0 ? Sentences.NoResult : Sentences.Of(all, results.Sum(Unread), results.Sum(Withheld)), all, reports,
            [.. pipelines.Where(each => each.Reported.Run is null).Select(each => each.Pipeline.Name)]);
    }

    private static long Unread(PipelineReport report) => report.RejectedValues.Sum(values => values.Values);

    private static long Withheld(PipelineReport report) => report.Withheld.Sum(withheld => withheld.Values);

    private PipelineReport Pipeline(PipelineEvidence evidence, ReportDetail detail)
    {
        ValidPipeline pipeline = evidence.Pipeline;
        ReportedPipeline reported = evidence.Reported;
        LoggedRun run = reported.Run!;
        BatchCounts counts = evidence.Counts;
        Account account = AccountOf(counts);
        var show = new ValueShow(masked, detail.Characters);
        return new PipelineReport(
            pipeline.Name,
            pipeline.ObjectTypes.Count == 0 ? null : string.Join(", ", pipeline.ObjectTypes),
            pipeline.Csv.Path,
            pipeline.Match.Table,
            reported.IsPublished,
            WithoutResult(reported) is { } why ? $"No result: {why}." : Sentences.Of(account, counts.RejectedValues.Values.Sum(), counts.KeptBack.Values.Sum()),
            [.. Notes(evidence)],
            new RunFacts(
                run.RunId, run.Started, run.Finished, run.Outcome, run.Partial, run.Seconds is { } seconds ? Math.Round(seconds, 3) : null,
                run.Seconds > 0 ? (long)Math.Round(counts.Read / run.Seconds.Value) : null, run.ToolVersion, run.Way, run.WayReason, run.Written, run.Gates,
                masked && run.Message is not null ? "(hidden)" : run.Message),
            account,
            Statuses(reported, counts),
            [.. pipeline.Diff.Properties.Select(property => Property(evidence, property, detail, show)).OrderByDescending(property => property.Changes)],
            [
                .. reported.Rejects.Select(like => new RejectFacts(
                    like.Reason, like.Column, like.Records, like.Samples[0].Message,
                    [.. like.Samples.Take(detail.Samples).Select(sample => new RejectSampleFacts(sample.File, sample.Line, show.Of(sample.Raw, sample.Length)))])),
            ],
            [.. RejectedValuesOf(evidence, detail, show)],
            [.. Withheld(counts, detail, show)],
            [.. counts.ByFilter.OrderByDescending(filter => filter.Value).ThenBy(filter => filter.Key, StringComparer.Ordinal).Select(filter => new FilterFacts(filter.Key, filter.Value))],
            [.. Parents(evidence, detail, show)],
            Speed(reported),
            Comparison(reported, detail, show),
            Settings(evidence),
            run.Warnings,
            WithoutResult(reported));
    }

    // Why a run tells nothing of what would change.
    private static string? WithoutResult(ReportedPipeline reported) => reported switch
    {
        { RowsLeft: { } rows, Run: { } run } => $"the staging table holds {Show(rows, "row")}, and the run left {Show(run.Counts.Staged)}",
        { Run: { Outcome: "completed" } } => null,
        { Run: { Outcome: "running" } } => "in progress",
        { Run: { Gates: { Count: > 0 } gates } } => $"refused by {string.Join(", ", gates)}",
        { Run: { } run } => run.Outcome,
        _ => null,
    };

    private static IEnumerable<string> Notes(PipelineEvidence evidence)
    {
        ReportedPipeline reported = evidence.Reported;
        LoggedRun run = reported.Run!;
        if (run.Outcome == "running")
        {
            yield return "This run is still in progress. Nothing of it is published yet, and the numbers below will grow.";
        }
        else if (run.Outcome != "completed")
        {
            yield return $"This run was not published ({Ended(run)}): the numbers below say how far it came, not what would change.";
        }
        else if (reported.RowsLeft is { } rows)
        {
            yield return $"The staging table holds {Show(rows, "row")}, and this run left {Show(run.Counts.Staged)}: it was cleared or changed since, so what the run found is no result any more. "
                + $"Below is told what the log says of the run. 'recon run {run.Pipeline}' makes the result again.";
        }
        else if (run.Partial)
        {
            yield return "This run read a part of the input only, and its rows were merged into the result of an earlier one.";
        }
        else if (!reported.IsPublished)
        {
            yield return "A later run has replaced the rows of this one: how values change, and which parents are missing, is known of published rows only.";
        }

        if (reported is { IsPublished: true, MergedSince: > 0 and var merged })
        {
            yield return $"{Show(merged, "partial run")} changed rows since: there are {Show(reported.Statuses.Sum(row => row.Rows))} now, and the run left {Show(run.Counts.Staged)}. Statuses, changes of properties and missing parents are those of now. "
                + "The account is that of the run, and so are the numbers of values that are equal by meaning, withheld or not readable.";
        }

        if (reported is { IsPublished: true, Later: { Outcome: not "completed" } later })
        {
            yield return later.Outcome == "running" ? $"A run that began on {Day(later.Started)} is in progress. Until it is published, this is the result."
                : $"The run of {Day(later.Started)} was not published ({Ended(later)}). This is the result before it.";
        }

        if (!IsSame(evidence))
        {
            yield return "The definition has changed since this run: the next run may tell something else.";
        }

        if (!evidence.IsCompiled && evidence.Counts.RejectedValues.Count > 0)
        {
            yield return "Remedies for rejected values are not told: a file that the definition names, or a conversion of a program, is not here.";
        }
    }

    private static bool IsSame(PipelineEvidence evidence)
        => evidence.Reported.Run!.Fingerprints.Definition.StartsWith(evidence.Fingerprint, StringComparison.Ordinal);

    private static string Ended(LoggedRun run) => run.Gates.Count == 0 ? run.Outcome : $"{run.Outcome}: {string.Join(", ", run.Gates)}";

    private static string Day(string started) => started.Replace('T', ' ').TrimEnd('Z') + " UTC";

    private static Account AccountOf(BatchCounts counts) => new(
        counts.Read, counts.WithChanges, counts.Matched - counts.WithChanges, counts.Unmatched, counts.Ambiguous, counts.Conflict, counts.Folded,
        counts.Filtered, counts.Rejected);

    private static Account Sum(IEnumerable<Account> accounts) => accounts.Aggregate(AccountOf(new BatchCounts()), (sum, each) => new Account(
        sum.Read + each.Read, sum.Changed + each.Changed, sum.Unchanged + each.Unchanged, sum.Unmatched + each.Unmatched, sum.Ambiguous + each.Ambiguous,
        sum.Conflict + each.Conflict, sum.Folded + each.Folded, sum.Filtered + each.Filtered, sum.Rejected + each.Rejected));

    private static IReadOnlyList<StatusFacts> Statuses(ReportedPipeline reported, BatchCounts counts)
    {
        // Rules and confidence are of matches: of others they say only how they were found.
        StatusRows[] rows = reported.IsPublished
            ? [
                .. reported.Statuses.Where(row => row.Status == "matched"),
                .. reported.Statuses.Where(row => row.Status != "matched").GroupBy(row => row.Status)
                    .Select(alike => new StatusRows(alike.Key, null, null, alike.Sum(row => row.Rows), alike.Sum(row => row.WithChanges))),
            ]
            : [
                new StatusRows("matched", null, null, counts.Matched, counts.WithChanges),
                new StatusRows("unmatched", null, null, counts.Unmatched, 0),
                new StatusRows("ambiguous", null, null, counts.Ambiguous, 0),
                new StatusRows("conflict", null, null, counts.Conflict, 0),
            ];
        string[] order = ["matched", "unmatched", "ambiguous", "conflict"];
        return
        [
            .. rows.Where(row => row.Rows > 0).OrderBy(row => Array.IndexOf(order, row.Status)).ThenByDescending(row => row.Rows)
                .Select(row => new StatusFacts(row.Status, Sentences.Meaning(row.Status), row.Rule, row.Confidence, row.Rows, row.WithChanges)),
        ];
    }

    private PropertyFacts Property(PipelineEvidence evidence, PropertyDefinition property, ReportDetail detail, ValueShow show)
    {
        BatchCounts counts = evidence.Counts;
        string name = property.Property;
        PropertyChanges? staged = evidence.Reported.Changes?.Properties.FirstOrDefault(each => each.Property == name);
        long changes = evidence.Reported.Changes is null ? counts.PropertyChanges.GetValueOrDefault(name) : staged?.Changes ?? 0;
        TransitionFacts[] transitions = [.. Transitions(evidence, property, staged, show).Take(detail.Transitions).Where((pair, index) => pair.Records > 1 || index < Single)];
        return new PropertyFacts(
            name,
            PropertyMapping.Of(evidence.Pipeline).First(mapping => mapping.Property == name).Legacy,
            property.Comparison.Kind,
            changes,
            evidence.Reported.Changes is null ? null : staged?.Fills ?? 0,
            evidence.Reported.Changes is null ? null : staged?.Overwrites ?? 0,
            evidence.Reported.Changes is null ? null : staged?.Clears ?? 0,
            counts.SameByMeaning.Count == 0 && counts.Suppressed.Count > 0 ? null : counts.SameByMeaning.GetValueOrDefault(name),
            counts.KeptBack.Where(entry => Split(entry.Key).Property == name).Sum(entry => entry.Value),
            counts.RejectedValues.Where(entry => entry.Key.Property == name).Sum(entry => entry.Value),
            transitions,
            changes - transitions.Sum(transition => transition.Records));
    }

    // Of hidden values only those are told that the definition names; the others are counted.
    private IEnumerable<TransitionFacts> Transitions(PipelineEvidence evidence, PropertyDefinition property, PropertyChanges? staged, ValueShow show)
    {
        if (!masked)
        {
            return (staged?.Transitions ?? []).Select(pair => new TransitionFacts(
                show.Of(pair.From), show.Of(pair.To), pair.Count, [.. pair.LegacyIds.Select(id => show.Of(id, id.Length).Text)]));
        }

        IReadOnlySet<string> known = evidence.KnownValues(property);
        bool IsKnown(string? value) => value is null || value.Split(';').All(known.Contains);
        return (staged?.Transitions ?? []).Where(pair => IsKnown(pair.From) && IsKnown(pair.To))
            .Select(pair => new TransitionFacts(show.Known(pair.From), show.Known(pair.To), pair.Count, []));
    }

    private IEnumerable<RejectedValueFacts> RejectedValuesOf(PipelineEvidence evidence, ReportDetail detail, ValueShow show)
        => from entry in evidence.Counts.RejectedValues
           group entry by (entry.Key.Property, entry.Key.Column, entry.Key.Reason) into kind
           let count = kind.Sum(entry => entry.Value)
           orderby count descending, kind.Key.Property, kind.Key.Reason
           select RejectedValuesOf(evidence, kind.Key, count, [.. kind.Where(entry => entry.Key.Sample is not null)
               .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key.Sample!, entry.Value))], detail, show);

    private RejectedValueFacts RejectedValuesOf(
        PipelineEvidence evidence,
        (string Property, string Column, string Reason) kind,
        long count,
        KeyValuePair<string, long>[] samples,
        ReportDetail detail,
        ValueShow show)
    {
        RejectedValues? known = evidence.Rejected(kind.Property, kind.Reason);
        ValueSampleFacts[] told =
        [
            .. samples.Take(detail.Values).Select(sample =>
            {
                UnmappedValue? unmapped = kind.Reason == ValueRejectReasons.Unmapped ? evidence.Unmapped(kind.Property, sample.Key) : null;
                return new ValueSampleFacts(show.Of(sample.Key, sample.Key.Length), sample.Value, unmapped?.Nearest, unmapped?.Option);
            }),
        ];
        (IReadOnlyList<string> paste, string? into) = Paste(evidence, kind, known, [.. samples.Take(detail.Values).Select(sample => sample.Key)]);
        return new RejectedValueFacts(
            kind.Property,
            kind.Column,
            kind.Reason,
            kind.Reason == ValueRejectReasons.RequiredMissing ? "no value, and one is required" : RejectedValuesText.What(kind.Reason),
            count,
            known?.Values ?? evidence.Counts.ConvertedValues.GetValueOrDefault(kind.Property),
            known is null ? [] : Advice(known, evidence.TimeZone, told.Length > 0),
            told,
            count - told.Sum(sample => sample.Count),
            paste,
            into);
    }

    // Where the values are told, nobody has to be sent to look for them.
    private static string[] Advice(RejectedValues known, string timeZone, bool areTold)
        => [.. RejectedValuesText.Advice(known, timeZone, _ => "…").Select(advice => areTold ? advice.Replace(" (recon run --dry-run lists them)", "", StringComparison.Ordinal) : advice)];

    // What would be shown otherwise than it is must not be pasted.
    private (IReadOnlyList<string> Lines, string? Into) Paste(
        PipelineEvidence evidence, (string Property, string Column, string Reason) kind, RejectedValues? known, IReadOnlyList<string> samples)
    {
        (IReadOnlyList<string> lines, string? into) = PasteAny(evidence, kind, known, samples);
        string[] faithful = [.. lines.Where(line => VisibleText.Of(line) == line)];
        return (faithful, faithful.Length == 0 ? null : into);
    }

    private (IReadOnlyList<string> Lines, string? Into) PasteAny(
        PipelineEvidence evidence, (string Property, string Column, string Reason) kind, RejectedValues? known, IReadOnlyList<string> samples)
    {
        if (known?.Remedies is [var remedy, ..])
        {
            return ([$"\"convert\": {remedy.Convert}"], $"the property {kind.Property}");
        }

        UnmappedValue[] near = masked || kind.Reason != ValueRejectReasons.Unmapped ? []
            : [.. samples.Select(sample => evidence.Unmapped(kind.Property, sample)).OfType<UnmappedValue>().Where(value => value.Option is not null)];
        if (near.Length == 0)
        {
            return ([], null);
        }

        MapFileDefinition? file = evidence.Pipeline.Diff.Properties.First(property => property.Property == kind.Property).Convert.OfType<MapFileDefinition>().FirstOrDefault();
        return file is null
            ? ([.. near.Select(value => $"{Json(value.Value!)}: {Json(value.Option!)},")], $"\"values\" of the map of {kind.Property}, if that is meant")
            : ([.. near.Select(value => CsvCell.Line(value.Value, value.Option).TrimEnd())], $"the file {file.Path}, if that is meant");
    }

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static IEnumerable<WithheldFacts> Withheld(BatchCounts counts, ReportDetail detail, ValueShow show)
        => from entry in counts.KeptBack.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
           let name = Split(entry.Key)
           select new WithheldFacts(
               name.Property,
               name.Rule,
               WithheldRules.InWords(name.Rule),
               entry.Value,
               [
                   .. counts.Withheld.Of(name.Property, name.Rule).DistinctBy(sample => (sample.Legacy, sample.Hubspot)).Take(detail.Samples)
                       .Select(sample => new TransitionFacts(show.Of(sample.Hubspot), show.Of(sample.Legacy), 1, show.Masked ? [] : [show.Of(sample.LegacyId, sample.LegacyId.Length).Text])),
               ]);

    // Names of rules hold no slash.
    private static (string Property, string Rule) Split(string key) => (key[..key.LastIndexOf('/')], key[(key.LastIndexOf('/') + 1)..]);

    private static IEnumerable<ParentFacts> Parents(PipelineEvidence evidence, ReportDetail detail, ValueShow show)
    {
        BatchCounts counts = evidence.Counts;
        foreach (ValidLookup lookup in evidence.Pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Parent))
        {
            KeyValuePair<RejectedValue, long>[] entries = [.. counts.UnresolvedParents.Where(entry => entry.Key.Property == lookup.Label)];
            MissingParents? rows = evidence.Reported.Parents.FirstOrDefault(parents => parents.Lookup == lookup.Label);
            if (entries.Length == 0 && rows is null)
            {
                continue;
            }

            MissingParent[] missing =
            [
                .. (rows?.Ids ?? [.. entries.Where(entry => entry.Key.Sample is not null).OrderByDescending(entry => entry.Value)
                        .ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key.Sample!, entry.Value))])
                    .Take(detail.Parents).Select(id => new MissingParent(show.Of(id.Key, id.Key.Length), id.Value)),
            ];
            long unresolved = entries.Sum(entry => entry.Value);
            yield return new ParentFacts(
                lookup.Label,
                lookup.Table,
                lookup.From,
                counts.ParentIds.GetValueOrDefault(lookup.Label),
                unresolved,
                rows?.AllIds,
                entries.GroupBy(entry => entry.Key.Reason, (reason, of) => KeyValuePair.Create(reason, of.Sum(entry => entry.Value)))
                    .OrderByDescending(reason => reason.Value).ToDictionary(),
                missing,
                (rows?.AllIds ?? missing.Length) - missing.Length,
                (rows?.AllRecords ?? unresolved) - missing.Sum(id => id.Records));
        }
    }

    private static SpeedFacts Speed(ReportedPipeline reported)
    {
        LoggedBlock[] working = [.. (reported.Run?.Blocks ?? []).Where(block => block is { Workers: > 0, Seconds: > 0 }).OrderByDescending(Load)];
        return new SpeedFacts(
            working is [var first, ..] ? $"'{first.Name}' worked or waited for answers {string.Create(CultureInfo.InvariantCulture, $"{100 * Load(first):0}")} % of its time, more than any other block." : null,
            [
                .. (reported.Run?.Blocks ?? []).Select(block => new BlockFacts(
                    block.Name, block.Workers, block.BusySeconds, block.WaitingSeconds, block.IdleSeconds, block.BlockedSeconds, block.Batches)),
            ],
            [.. reported.Committed.Select(part => new CommittedFacts(Math.Round(part.Second, 3), Math.Round(part.Seconds, 6), part.Records))]);

        static double Load(LoggedBlock block) => (block.BusySeconds + block.WaitingSeconds) / block.Seconds;
    }

    private static ComparisonFacts? Comparison(ReportedPipeline reported, ReportDetail detail, ValueShow show)
    {
        if (reported.Former is not { } former)
        {
            return null;
        }

        (BatchCounts before, BatchCounts now) = (former.Counts, reported.Run!.Counts);
        DifferenceFacts[] numbers =
        [
            new("read", before.Read, now.Read),
            new("matched", before.Matched, now.Matched),
            new("of them with changes", before.WithChanges, now.WithChanges),
            new("unmatched", before.Unmatched, now.Unmatched),
            new("ambiguous", before.Ambiguous, now.Ambiguous),
            new("conflict", before.Conflict, now.Conflict),
            new("folded", before.Folded, now.Folded),
            new("filtered", before.Filtered, now.Filtered),
            new("rejected", before.Rejected, now.Rejected),
        ];
        IEnumerable<DifferenceFacts> properties =
            from property in before.PropertyChanges.Keys.Union(now.PropertyChanges.Keys, StringComparer.Ordinal)
            let difference = new DifferenceFacts(property, before.PropertyChanges.GetValueOrDefault(property), now.PropertyChanges.GetValueOrDefault(property))
            where difference.Before != difference.Now
            orderby Math.Abs(difference.Now - difference.Before) descending, property
            select difference;
        return new ComparisonFacts(
            former.RunId,
            former.Started,
            numbers,
            [.. properties.Take(ReportDetail.Most.Parents)],
            reported.Difference is not { } records ? null : new RecordDifferenceFacts(
                records.Differing,
                [.. records.Statuses.Select(change => new StatusChangeFacts(change.From, change.To, change.Count, Ids(change.LegacyIds)))],
                [.. records.Causes.Select(cause => new CauseFacts(cause.Cause, Sentences.Cause(cause.Cause), cause.Count, Ids(cause.LegacyIds)))]),
            reported.NotCompared);

        IReadOnlyList<string> Ids(IReadOnlyList<string> ids) => show.Masked ? [] : [.. ids.Take(detail.Samples).Select(id => show.Of(id, id.Length).Text)];
    }

    private static SettingsFacts Settings(PipelineEvidence evidence)
    {
        LoggedRun run = evidence.Reported.Run!;
        ValidPipeline pipeline = evidence.Pipeline;
        using JsonDocument decided = JsonDocument.Parse(run.Strategies);
        return new SettingsFacts(
            run.Fingerprints.Definition,
            IsSame(evidence),
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
