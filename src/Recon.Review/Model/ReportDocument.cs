using System.Text.Json.Serialization;

namespace Recon.Review.Model;

/// <summary>Everything that a report tells, ready to be shown: values are cut, and hidden where that is wanted. The document of <c>--json</c>.</summary>
/// <param name="Sentence">What will happen, in one or two sentences.</param>
/// <param name="Account">The sum of those runs that are a result.</param>
/// <param name="WithoutRun">Pipelines that were never run.</param>
/// <param name="Masked">Whether values of records are hidden.</param>
internal sealed record ReportDocument(
    DateTimeOffset GeneratedAt,
    string ToolVersion,
    bool Masked,
    string Sentence,
    Account Account,
    IReadOnlyList<PipelineReport> Pipelines,
    IReadOnlyList<string> WithoutRun);

/// <summary>What becomes of every record that was read: the parts add up to it.</summary>
/// <param name="Changed">One HubSpot record, of which something would change.</param>
/// <param name="Unchanged">One HubSpot record, of which nothing would: it may differ in what could not be read or was withheld.</param>
/// <param name="Unmatched">No HubSpot record.</param>
/// <param name="Ambiguous">Several HubSpot records, or one that several records claim.</param>
/// <param name="Conflict">Rows of one id that disagree.</param>
/// <param name="Folded">Repeats of another record that agree with it.</param>
/// <param name="Filtered">Left out by the definition.</param>
/// <param name="Rejected">Could not be used.</param>
internal sealed record Account(
    long Read, long Changed, long Unchanged, long Unmatched, long Ambiguous, long Conflict, long Folded, long Filtered, long Rejected);

/// <param name="Published">Whether the rows in the staging table are those of this run.</param>
/// <param name="Notes">What whoever reads it should know first.</param>
/// <param name="WithoutResult">Why nothing is known of what would change; <see langword="null"/> for a run that is a result.</param>
internal sealed record PipelineReport(
    string Pipeline,
    string? Object,
    string Input,
    string Table,
    bool Published,
    string Sentence,
    IReadOnlyList<string> Notes,
    RunFacts Run,
    Account Account,
    IReadOnlyList<StatusFacts> Statuses,
    IReadOnlyList<PropertyFacts> Properties,
    IReadOnlyList<RejectFacts> Rejects,
    IReadOnlyList<RejectedValueFacts> RejectedValues,
    IReadOnlyList<WithheldFacts> Withheld,
    IReadOnlyList<FilterFacts> Filters,
    IReadOnlyList<ParentFacts> Parents,
    SpeedFacts Speed,
    ComparisonFacts? Comparison,
    SettingsFacts Settings,
    IReadOnlyList<string> Warnings,
    string? WithoutResult);

internal sealed record RunFacts(
    string RunId,
    string Started,
    string? Finished,
    string Outcome,
    bool Partial,
    double? Seconds,
    long? RecordsPerSecond,
    string ToolVersion,
    string? Way,
    string? WayReason,
    long? Written,
    IReadOnlyList<string> Gates,
    string? Message);

/// <param name="Rule">The rule that decided; <see langword="null"/> where none did.</param>
internal sealed record StatusFacts(string Status, string Meaning, string? Rule, decimal? Confidence, long Records, long WithChanges);

/// <summary>What happens to a property. Numbers that are not known are <see langword="null"/>.</summary>
/// <param name="Column">Where its values come from.</param>
/// <param name="Set">Records where HubSpot has nothing.</param>
/// <param name="Changed">Records where one value takes the place of another.</param>
/// <param name="Cleared">Records after which HubSpot has nothing.</param>
/// <param name="SameByMeaning">Values that differ as texts but mean the same.</param>
/// <param name="Withheld">Differences that a rule withheld.</param>
/// <param name="Rejected">Values that failed a conversion.</param>
/// <param name="Transitions">The most frequent changes.</param>
/// <param name="Others">Changes other than those, or whose values are hidden.</param>
internal sealed record PropertyFacts(
    string Property,
    string Column,
    string Comparison,
    long Changes,
    long? Set,
    long? Changed,
    long? Cleared,
    long? SameByMeaning,
    long Withheld,
    long Rejected,
    IReadOnlyList<TransitionFacts> Transitions,
    long Others);

/// <param name="From">What HubSpot holds; <see langword="null"/> for nothing.</param>
/// <param name="To">What it would hold; <see langword="null"/> for nothing.</param>
internal sealed record TransitionFacts(ShownValue? From, ShownValue? To, long Records, IReadOnlyList<string> LegacyIds);

internal sealed record RejectFacts(string Reason, string? Column, long Records, string Message, IReadOnlyList<RejectSampleFacts> Samples);

internal sealed record RejectSampleFacts(string? File, long Line, ShownValue Raw);

/// <summary>Values of a property that were not staged, for one reason.</summary>
/// <param name="All">Values of the property that were not empty; 0 when that is not known.</param>
/// <param name="Paste">Lines that would have them read; none where none are known.</param>
/// <param name="PasteInto">Where these lines belong.</param>
internal sealed record RejectedValueFacts(
    string Property,
    string Column,
    string Reason,
    string Meaning,
    long Values,
    long All,
    IReadOnlyList<string> Advice,
    IReadOnlyList<ValueSampleFacts> Samples,
    long Others,
    IReadOnlyList<string> Paste,
    string? PasteInto);

/// <param name="Nearest">The spelling of the map that is nearest to it; <see langword="null"/> when none is near.</param>
/// <param name="Option">What the map makes of that.</param>
internal sealed record ValueSampleFacts(ShownValue Value, long Count, string? Nearest, string? Option);

internal sealed record WithheldFacts(string Property, string Rule, string Meaning, long Values, IReadOnlyList<TransitionFacts> Samples);

internal sealed record FilterFacts(string Filter, long Records);

/// <summary>The parents of a lookup that led to no single HubSpot record.</summary>
/// <param name="RecordsNaming">Records that name a parent.</param>
/// <param name="RecordsMissing">Those of them whose parent is one of these.</param>
/// <param name="Ids">How many different parents these are; <see langword="null"/> where that is not known.</param>
/// <param name="Missing">Those that most records name.</param>
/// <param name="OtherParents">Parents beside those.</param>
/// <param name="OtherRecords">Records that name one of them.</param>
internal sealed record ParentFacts(
    string Lookup,
    string Table,
    string Column,
    long RecordsNaming,
    long RecordsMissing,
    long? Ids,
    IReadOnlyDictionary<string, long> Reasons,
    IReadOnlyList<MissingParent> Missing,
    long OtherParents,
    long OtherRecords);

internal sealed record MissingParent(ShownValue LegacyId, long Records);

/// <param name="Finding">Which block worked most; <see langword="null"/> when nothing was measured.</param>
/// <param name="Committed">Records that were committed, by part of the run's time; none of a short run.</param>
/// <param name="NotTold">Why nothing is told over time; <see langword="null"/> where it is.</param>
internal sealed record SpeedFacts(string? Finding, IReadOnlyList<BlockFacts> Blocks, IReadOnlyList<CommittedFacts> Committed, string? NotTold);

/// <summary>Where the time of a block's workers went; the four times add up to it.</summary>
/// <param name="OverTime">The same in each part of the run's time, in the order of <see cref="SpeedFacts.Committed"/>.</param>
internal sealed record BlockFacts(
    string Name,
    int Workers,
    double BusySeconds,
    double WaitingSeconds,
    double IdleSeconds,
    double BlockedSeconds,
    long Batches,
    IReadOnlyList<TimesFacts> OverTime)
{
    /// <summary>The whole of it.</summary>
    [JsonIgnore]
    public TimesFacts Times => new(BusySeconds, WaitingSeconds, IdleSeconds, BlockedSeconds);
}

/// <summary>Where the time of a block's workers went.</summary>
internal sealed record TimesFacts(double BusySeconds, double WaitingSeconds, double IdleSeconds, double BlockedSeconds)
{
    [JsonIgnore]
    public double Seconds => BusySeconds + WaitingSeconds + IdleSeconds + BlockedSeconds;

    public TimesFacts Plus(TimesFacts other) => new(
        BusySeconds + other.BusySeconds, WaitingSeconds + other.WaitingSeconds, IdleSeconds + other.IdleSeconds, BlockedSeconds + other.BlockedSeconds);
}

/// <summary>A part of a run's time.</summary>
/// <param name="Second">When it began, since the first batch.</param>
/// <param name="Seconds">How long it is.</param>
internal sealed record CommittedFacts(double Second, double Seconds, long Records);

/// <param name="Records">Which records differ; <see langword="null"/> where that is not known.</param>
/// <param name="NotCompared">Why it is not known.</param>
internal sealed record ComparisonFacts(
    string RunId,
    string Started,
    IReadOnlyList<DifferenceFacts> Numbers,
    IReadOnlyList<DifferenceFacts> Properties,
    RecordDifferenceFacts? Records,
    string? NotCompared);

/// <summary>The records whose outcome differs from that of the run before.</summary>
/// <param name="Statuses">Those that came, went or have another status, with why.</param>
/// <param name="Causes">Why they differ, also where the status is the same; each record is counted once.</param>
internal sealed record RecordDifferenceFacts(long Records, IReadOnlyList<StatusChangeFacts> Statuses, IReadOnlyList<CauseFacts> Causes);

internal sealed record DifferenceFacts(string What, long Before, long Now);

internal sealed record StatusChangeFacts(string? From, string? To, long Records, IReadOnlyList<string> LegacyIds, IReadOnlyList<CauseFacts> Causes);

internal sealed record CauseFacts(string Cause, string Meaning, long Records, IReadOnlyList<string> LegacyIds);

/// <param name="DefinitionIsTheSame">Whether the definition still is what the run was made by.</param>
internal sealed record SettingsFacts(
    string DefinitionFingerprint,
    bool DefinitionIsTheSame,
    string InputFingerprint,
    string InputFiles,
    string TimeZone,
    IReadOnlyList<LookupFacts> Lookups,
    IReadOnlyList<string> Blocks);

internal sealed record LookupFacts(string Name, string Role, string Table, string Key, string? Strategy, string? Reason);

/// <summary>A value of a record as it is shown.</summary>
/// <param name="Text">The value, its beginning, or its shape where it is hidden.</param>
/// <param name="Length">Characters of the whole value, where less is shown; <see langword="null"/> where it is shown whole.</param>
internal sealed record ShownValue(string Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Length);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
